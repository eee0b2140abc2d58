import { formatAddress, formatCidr } from "../../../lib/net/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import type { Dns, Result } from "../../../lib/spec/mod.ts";
import {
  confinePath,
  hostFilePath,
  readHostFile,
} from "../../../lib/state/mod.ts";
import { type Allocation, refuseGateways, type Wanted } from "./allocate.ts";
import { type HostLocalConfig, parseHostLocalConfig } from "./config.ts";
import { assignRequested } from "./requested.ts";
import type { Owner } from "./reservations.ts";
import { parseResolvConf } from "./resolv_conf.ts";

/** What an ADD is asked for, as far as the request tells. */
export interface AddWish {
  readonly config: HostLocalConfig;
  /** For each set the address to take, or `undefined` for any. */
  readonly requested: Wanted["requested"];
}

/** All that an ADD needs to know before it touches the reservations. */
export interface AddInput extends AddWish {
  readonly dns?: Dns;
}

/**
 * Reads and checks what an ADD is asked for, without a look at any file's
 * content.
 *
 * @throws {CniError} What an ADD would, for every reason in the request.
 */
export function readAddWish({ config, args }: Request): AddWish {
  const parsed = parseHostLocalConfig(config, args);
  const { dataDir, resolvConf, sets } = parsed;
  const requested = assignRequested(sets, parsed.requested);
  refuseGateways({ sets, requested });
  confinePath(dataDir, { key: "ipam.dataDir" });
  if (resolvConf !== undefined) hostFilePath(resolvConf, RESOLV_CONF);
  return { config: parsed, requested };
}

/** Reads what an ADD is asked for, and the files that it names. */
export function readAdd(request: Request): AddInput {
  const wish = readAddWish(request);
  const { resolvConf } = wish.config;
  if (resolvConf === undefined) return wish;
  return {
    ...wish,
    dns: parseResolvConf(readHostFile(resolvConf, RESOLV_CONF)),
  };
}

const RESOLV_CONF = { key: "ipam.resolvConf" } as const;

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
