import {
  type Address,
  type Cidr,
  parseAddress,
  parseCidr,
} from "../../../lib/net/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import {
  CniCode,
  CniError,
  prevResultOf,
  type Result,
} from "../../../lib/spec/mod.ts";

/** An address of the interface, by which routes are chosen. */
export interface Source {
  /** The address and its subnet's prefix length. */
  readonly cidr: Cidr;
  /** The gateway that the IPAM plugin has named. */
  readonly gateway?: Address;
}

/**
 * The addresses of the interface in a result: those that name it, or none.
 *
 * @param ifname The interface's name in the container.
 */
export function sourcesIn(
  { ips = [], interfaces = [] }: Result,
  ifname: string,
): readonly Source[] {
  return ips.filter(({ interface: index }) =>
    index === undefined || interfaces[index]?.name === ifname
  ).map(({ address, gateway }) => ({
    cidr: parseCidr(address),
    ...(gateway === undefined ? {} : { gateway: parseAddress(gateway) }),
  }));
}

/**
 * Reads `prevResult`, which must be there and have an address.
 *
 * @throws {CniError} Code 7.
 */
export function requireSources(
  { config, ifname }: Request,
): { readonly prevResult: Result; readonly sources: readonly Source[] } {
  const prevResult = prevResultOf(config);
  if (prevResult === undefined) {
    const message = "This plugin must be called as chained plugin";
    throw new CniError(CniCode.InvalidConfig, message, {
      details: "there is no prevResult: put sbr after another plugin",
    });
  }
  const sources = sourcesIn(prevResult, ifname);
  if (sources.length > 0) return { prevResult, sources };
  const message = `No IP addresses supplied on interface: ${ifname}`;
  throw new CniError(CniCode.InvalidConfig, message, {
    details: `prevResult.ips has none for "${ifname}": give the plugin ` +
      "before sbr an ipam",
  });
}
