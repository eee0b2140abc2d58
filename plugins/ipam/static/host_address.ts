import {
  type Address,
  type Cidr,
  isMulticast,
  lastAddressOf,
} from "../../../lib/net/mod.ts";

/**
 * Why no host can have an address, or `undefined` if one can.
 *
 * The first address of a subnet is one that a host can have: Linux has treated
 * it as such since 5.14, and flat networks make use of it.
 */
export function hostAddressFault(cidr: Cidr): string | undefined {
  const { address, prefixBits } = cidr;
  const fault = nodeAddressFault(address);
  // A subnet of /31 (RFC 3021) or /32 has no broadcast address.
  const hasBroadcast = address.family === 4 && prefixBits <= 30;
  return fault === undefined && hasBroadcast &&
      lastAddressOf(cidr).value === address.value
    ? "not its subnet's broadcast address"
    : fault;
}

/** As {@linkcode hostAddressFault}, where the subnet is not known. */
export function nodeAddressFault(address: Address): string | undefined {
  if (address.value === 0n) return "not the unspecified one";
  if (isMulticast(address)) return "not a multicast one";
  const isBroadcast = address.family === 4 && address.value === 0xffffffffn;
  return isBroadcast ? "not the broadcast address" : undefined;
}
