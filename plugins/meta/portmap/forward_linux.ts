import {
  iptablesProgram,
  isNftablesUsable,
} from "../../../lib/firewall/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import type { Executor } from "../../shared/chained/mod.ts";
import type { Forwarding } from "./forwarding.ts";
import { addIptablesForwarding } from "./iptables_linux.ts";
import { addNftForwarding } from "./nft_linux.ts";

/**
 * Maps a container's ports of one family by the backend that is configured, or
 * else by iptables, unless that is unusable and nftables is not.
 *
 * @throws {CniError} Code 999, or 11 for a lock, with the reason.
 */
export async function addForwarding(
  forwarding: Forwarding,
  executor: Executor,
): Promise<void> {
  const { config: { backend }, family } = forwarding;
  if (backend === "nftables") {
    return await addNftForwarding(forwarding, executor);
  }
  if (await addIptablesForwarding(forwarding, executor)) return;
  if (backend === undefined && await isNftablesUsable(executor.run)) {
    return await addNftForwarding(forwarding, executor);
  }
  const program = iptablesProgram(family);
  throw new CniError(CniCode.Internal, "Cannot map ports", {
    details: `${program} is not installed, or the kernel has no nat table ` +
      "for it: install the package iptables, load the kernel's modules, or " +
      'set backend to "nftables"',
  });
}
