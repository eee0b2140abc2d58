import { type Cidr, type Family, parseCidr } from "../../../lib/net/mod.ts";
import { ipsOf, type Result } from "../../../lib/spec/mod.ts";

/**
 * The addresses that ports are mapped to: the container's first of each
 * family, IPv4 first. An address counts as the container's unless the result
 * says that it belongs to another interface.
 */
export function targetsIn(
  result: Result,
  ifname: string,
): readonly Cidr[] {
  const own = ipsOf(result, ifname).map(({ address }) => parseCidr(address));
  const first = (family: Family) =>
    own.find(({ address }) => address.family === family) ?? [];
  return [first(4), first(6)].flat();
}
