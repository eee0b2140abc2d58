import { formatCidr, networkOf, parseCidr } from "../../../lib/net/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { CniError } from "../../../lib/spec/mod.ts";
import { readPrevResult } from "../../shared/host_end/mod.ts";
import { parseFlannelConfig } from "./config.ts";
import type { DelegateConfig } from "./delegate_base.ts";
import { platformFor } from "./platform.ts";
import type { SubnetEnv } from "./subnet_env.ts";
import { readSubnetFile } from "./subnet_file.ts";

/**
 * As `makeDelegate`, to detach where the subnet file may be lost too: a DEL
 * needs the names of plugins, folders and the network, not the subnets. Whether
 * there is masquerade is not known then, so it is looked for.
 *
 * @throws {CniError} Code 7 for what will not do in the configuration.
 */
export function makeRemover(request: Request): DelegateConfig {
  const config = parseFlannelConfig(request.config);
  const subnet = readSubnet(config.subnetFile) ?? substituteFor(request);
  return platformFor(Deno.build.os).delegateConfig(config, subnet);
}

function readSubnet(file: string): SubnetEnv | undefined {
  try {
    return readSubnetFile(file);
  } catch (error) {
    if (error instanceof CniError) return undefined;
    throw error;
  }
}

/** The subnets that `prevResult` has, or one that is there for examples. */
function substituteFor(request: Request): SubnetEnv {
  const { ips = [] } = readPrevResult(request) ?? {};
  const subnets = ips.map(({ address }) => networkOf(parseCidr(address)));
  const textOf = (family: 4 | 6) => {
    const found = subnets.find(({ address }) => address.family === family);
    return found && formatCidr(found);
  };
  const ipv6Subnet = textOf(6);
  const subnet = textOf(4) ??
    (ipv6Subnet === undefined ? EXAMPLE_SUBNET : undefined);
  return {
    networks: [],
    ...(subnet === undefined ? {} : { subnet }),
    ipv6Networks: [],
    ...(ipv6Subnet === undefined ? {} : { ipv6Subnet }),
    mtuBytes: 0,
    ipMasq: false,
  };
}

/** RFC 5737: the Go host-local wants a range, though a DEL does not use it. */
const EXAMPLE_SUBNET = "192.0.2.0/24";
