import { CniCode } from "../../../lib/spec/mod.ts";
import type { FlannelConfig } from "./config.ts";
import { baseDelegate, type DelegateConfig } from "./delegate_base.ts";
import { type SubnetEnv, subnetFileError } from "./subnet_env.ts";

/**
 * Makes the delegate's configuration for Windows: win-bridge unless the user
 * names another, and host-local with the node's IPv4 subnet. Other than on
 * Linux, `ipMasq` is what flanneld says and not its opposite, the user's
 * `ipMasq` and `ipam` do not count, and there are no routes.
 *
 * @throws {CniError} Code 7 for what will not do in `delegate`, or if the
 * subnet file has no IPv4.
 */
export function windowsDelegate(
  config: FlannelConfig,
  { networks: [network], subnet, ipMasq }: SubnetEnv,
): DelegateConfig {
  const base = baseDelegate(config, "win-bridge");
  if (network === undefined) throw missing(config, "FLANNEL_NETWORK");
  if (subnet === undefined) throw missing(config, "FLANNEL_SUBNET");
  return {
    ...base,
    cniVersion: config.cniVersion || "0.2.0",
    ipMasq,
    ipMasqNetwork: network,
    ipam: { type: "host-local", subnet },
  };
}

function missing({ subnetFile }: FlannelConfig, key: string): Error {
  const reason = `${subnetFile} is missing ${key}`;
  return subnetFileError(CniCode.InvalidConfig, reason, {
    details: "on Windows containers have IPv4 addresses: turn IPv4 on in " +
      "flanneld's configuration",
  });
}
