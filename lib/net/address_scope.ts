import type { Address } from "./address.ts";
import { type Cidr, cidrContains } from "./cidr.ts";

/**
 * Whether an address is multicast: `224.0.0.0/4` (RFC 5771) or `ff00::/8`
 * (RFC 4291, section 2.7).
 */
export function isMulticast(address: Address): boolean {
  return isInAny(MULTICAST, address);
}

/**
 * Whether an address can be one host's beyond its own link, as Go's
 * `net.IP.IsGlobalUnicast` answers: everything but the unspecified address, the
 * IPv4 broadcast, loopback, multicast and link-local unicast. Private addresses
 * (`10.0.0.0/8`, `fd00::/8`) and the reserved `240.0.0.0/4` count as global.
 *
 * @example Private is global here, link-local is not
 * ```ts
 * import { assert } from "@std/assert";
 * import { parseAddress } from "./parse_address.ts";
 * assert(isGlobalUnicast(parseAddress("10.0.0.1")));
 * assert(!isGlobalUnicast(parseAddress("fe80::1")));
 * ```
 */
export function isGlobalUnicast(address: Address): boolean {
  return !isInAny(NOT_GLOBAL, address) && !isMulticast(address);
}

function isInAny(cidrs: readonly Cidr[], address: Address): boolean {
  return cidrs.some((cidr) => cidrContains(cidr, address));
}

// As numbers, since importing a module parses nothing.
const MULTICAST: readonly Cidr[] = [
  { address: { family: 4, value: 0xe0000000n }, prefixBits: 4 },
  { address: { family: 6, value: 0xffn << 120n }, prefixBits: 8 },
];

const NOT_GLOBAL: readonly Cidr[] = [
  { address: { family: 4, value: 0n }, prefixBits: 32 }, // Unspecified.
  { address: { family: 6, value: 0n }, prefixBits: 128 },
  { address: { family: 4, value: 0xffffffffn }, prefixBits: 32 }, // Broadcast.
  { address: { family: 4, value: 0x7f000000n }, prefixBits: 8 }, // Loopback.
  { address: { family: 6, value: 1n }, prefixBits: 128 },
  { address: { family: 4, value: 0xa9fe0000n }, prefixBits: 16 }, // Link-local.
  { address: { family: 6, value: 0xfe80n << 112n }, prefixBits: 10 },
];
