import {
  type Address,
  addressBits,
  type Cidr,
  type Family,
  formatAddress,
  parseAddress,
  parseCidr,
} from "../../../lib/net/mod.ts";
import { ipsOf, type Result } from "../../../lib/spec/mod.ts";

/** An address of the interface, by which routes are chosen. */
export interface Source {
  /** The address and its subnet's prefix length. */
  readonly cidr: Cidr;
  /** The gateway that the IPAM plugin has named. */
  readonly gateway?: Address;
}

/**
 * The addresses of the interface in a result.
 *
 * @param ifname The interface's name in the container.
 */
export function sourcesIn(
  result: Result,
  ifname: string,
): readonly Source[] {
  return ipsOf(result, ifname).map(({ address, gateway }) => ({
    cidr: parseCidr(address),
    ...(gateway === undefined ? {} : { gateway: parseAddress(gateway) }),
  }));
}

/** The families of the addresses, IPv4 first. */
export function familiesOf(sources: readonly Source[]): readonly Family[] {
  return ([4, 6] as const).filter((family) =>
    sources.some(({ cidr }) => cidr.address.family === family)
  );
}

/** An address alone, as rules name it: `10.1.2.3/32`. */
export function hostText(address: Address): string {
  return `${formatAddress(address)}/${addressBits(address.family)}`;
}
