import { type Address, addressBits } from "./address.ts";
import { formatAddress } from "./format_address.ts";

/**
 * An address and the length of its network's prefix, 0 to 32 bits for family 4
 * and 0 to 128 for family 6. The address may be any of its network: an
 * interface's own address is such a value too.
 */
export type Cidr = Readonly<{ address: Address; prefixBits: number }>;

/** Writes a CIDR as `address/bits`, the address in its canonical text. */
export function formatCidr(cidr: Cidr): string {
  return `${formatAddress(cidr.address)}/${cidr.prefixBits}`;
}

/**
 * The network that a CIDR lies in: the same with all host bits zero.
 *
 * @example The network of an interface's address
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseCidr } from "./parse_cidr.ts";
 * const network = networkOf(parseCidr("10.1.2.3/16"));
 * assertEquals(formatCidr(network), "10.1.0.0/16");
 * ```
 */
export function networkOf(cidr: Cidr): Cidr {
  const { family, value } = cidr.address;
  const bits = hostBits(cidr);
  const address = { family, value: value >> bits << bits };
  return { address, prefixBits: cidr.prefixBits };
}

/** The last address of a CIDR's network, which in IPv4 is its broadcast. */
export function lastAddressOf(cidr: Cidr): Address {
  const { family, value } = cidr.address;
  return { family, value: value | hostMask(cidr) };
}

/** Whether the address is another than that of its network (`10.1.2.3/16`). */
export function hasHostBits(cidr: Cidr): boolean {
  return (cidr.address.value & hostMask(cidr)) !== 0n;
}

/**
 * Whether `address` lies in the network of `cidr`, its first and last address
 * included. An address of the other family never does.
 */
export function cidrContains(cidr: Cidr, address: Address): boolean {
  const bits = hostBits(cidr);
  return cidr.address.family === address.family &&
    cidr.address.value >> bits === address.value >> bits;
}

/** Whether the networks of `a` and `b` share an address. */
export function cidrsOverlap(a: Cidr, b: Cidr): boolean {
  // Networks nest or are apart, so the wider one holds the other or nothing.
  const [wide, narrow] = a.prefixBits <= b.prefixBits ? [a, b] : [b, a];
  return cidrContains(wide, narrow.address);
}

function hostBits(cidr: Cidr): bigint {
  return BigInt(addressBits(cidr.address.family) - cidr.prefixBits);
}

function hostMask(cidr: Cidr): bigint {
  return (1n << hostBits(cidr)) - 1n;
}
