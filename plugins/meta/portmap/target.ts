import { type Cidr, type Family, parseCidr } from "../../../lib/net/mod.ts";
import type { Interface, IpConfig, Result } from "../../../lib/spec/mod.ts";
import { isContainerInterface } from "../../shared/chained/mod.ts";

/**
 * The addresses that ports are mapped to: the container's first of each
 * family, IPv4 first. An address counts as the container's unless the result
 * says that it belongs to another interface.
 */
export function targetsIn(
  { ips = [], interfaces = [] }: Result,
  ifname: string,
): readonly Cidr[] {
  const own = ips.filter((ip) => isOwn(ip, interfaces, ifname))
    .map(({ address }) => parseCidr(address));
  const first = (family: Family) =>
    own.find(({ address }) => address.family === family) ?? [];
  return [first(4), first(6)].flat();
}

function isOwn(
  ip: IpConfig,
  interfaces: readonly Interface[],
  ifname: string,
): boolean {
  const stated = interfaces[ip.interface ?? -1];
  return stated === undefined || isContainerInterface(stated, ifname);
}
