import { formatAddress, formatCidr } from "../../../lib/net/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import type { Dns, Result } from "../../../lib/spec/mod.ts";
import { readHostFile } from "../../../lib/state/mod.ts";
import type { Allocation, Wanted } from "./allocate.ts";
import { type HostLocalConfig, parseHostLocalConfig } from "./config.ts";
import { assignRequested } from "./requested.ts";
import type { Owner } from "./reservations.ts";
import { parseResolvConf } from "./resolv_conf.ts";

/** All that an ADD needs to know before it touches the reservations. */
export interface AddInput {
  readonly config: HostLocalConfig;
  /** For each set the address to take, or `undefined` for any. */
  readonly requested: Wanted["requested"];
  readonly dns?: Dns;
}

/** Reads what an ADD is asked for. */
export function readAdd({ config, args }: Request): AddInput {
  const parsed = parseHostLocalConfig(config, args);
  const { resolvConf, sets } = parsed;
  const requested = assignRequested(sets, parsed.requested);
  if (resolvConf === undefined) return { config: parsed, requested };
  const text = readHostFile(resolvConf, { key: "ipam.resolvConf" });
  return { config: parsed, requested, dns: parseResolvConf(text) };
}

/** The result of an ADD. */
export function addResult(
  { config, dns }: AddInput,
  allocations: readonly Allocation[],
): Result {
  return {
    ips: allocations.map(({ cidr, gateway }) => ({
      address: formatCidr(cidr),
      gateway: formatAddress(gateway),
    })),
    routes: config.routes,
    ...(dns === undefined ? {} : { dns }),
  };
}

/** Whom an address is for. */
export function ownerOf({ containerId, ifname }: Request): Owner {
  return { containerId, ifname };
}
