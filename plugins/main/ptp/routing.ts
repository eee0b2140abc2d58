import {
  type Address,
  addressBits,
  type Cidr,
  formatAddress,
  formatCidr,
  networkOf,
  parseAddress,
  parseCidr,
} from "../../../lib/net/mod.ts";
import { CniCode, CniError, type IpConfig } from "../../../lib/spec/mod.ts";

/** An address of the container, and the host's that it sends by. */
export interface Hop {
  /** The container's, with the prefix length of its subnet. */
  readonly cidr: Cidr;
  /** The host's, of the same family. */
  readonly gateway: Address;
}

/** A route in the container; its source is one of the container's addresses. */
export interface SourceRoute {
  readonly dst: Cidr;
  /** The next hop; absent for the gateway itself, which is on the link. */
  readonly via?: Address;
  readonly source: Address;
}

/**
 * The hops of an attachment. Each address needs a gateway of its family: it is
 * the host's end of the pair.
 *
 * @throws {CniError} Code 999 for an address without one.
 */
export function hopsOf(ips: readonly IpConfig[]): readonly Hop[] {
  return ips.map((ip) => {
    const cidr = parseCidr(ip.address);
    const gateway = ip.gateway === undefined
      ? undefined
      : parseAddress(ip.gateway);
    const isUsable = gateway?.family === cidr.address.family &&
      formatAddress(gateway) !== formatAddress(cidr.address);
    if (isUsable) return { cidr, gateway };
    const message = `Cannot use address ${ip.address} without a gateway`;
    throw new CniError(CniCode.Internal, message, {
      details: `the IPAM plugin gave it the gateway ${ip.gateway ?? "none"}: ` +
        "ptp needs another address of the same family, which the host takes",
    });
  });
}

/** The host's addresses, each with its full length and once. */
export function gatewayCidrs(hops: readonly Hop[]): readonly Cidr[] {
  return once(hops, ({ gateway }) => hostCidr(gateway))
    .map(({ gateway }) => hostCidr(gateway));
}

/**
 * The routes in the container by which it sends all to the host, even what is
 * for its own subnet: first to the gateways, then by them.
 */
export function sourceRoutes(hops: readonly Hop[]): readonly SourceRoute[] {
  const subnets = hops.filter(({ cidr: { address, prefixBits } }) =>
    prefixBits < addressBits(address.family)
  );
  return [
    ...once(hops, ({ gateway }) => hostCidr(gateway))
      .map(({ cidr, gateway }) => ({
        dst: hostCidr(gateway),
        source: cidr.address,
      })),
    ...once(subnets, ({ cidr }) => networkOf(cidr))
      .map(({ cidr, gateway }) => ({
        dst: networkOf(cidr),
        via: gateway,
        source: cidr.address,
      })),
  ];
}

/** An address with the full prefix length: nobody else is in its subnet. */
export function hostCidr(address: Address): Cidr {
  return { address, prefixBits: addressBits(address.family) };
}

/** The first hop for each CIDR. */
function once(
  hops: readonly Hop[],
  cidrOf: (hop: Hop) => Cidr,
): readonly Hop[] {
  const byText = new Map<string, Hop>();
  for (const hop of hops) {
    const text = formatCidr(cidrOf(hop));
    if (!byText.has(text)) byText.set(text, hop);
  }
  return [...byText.values()];
}
