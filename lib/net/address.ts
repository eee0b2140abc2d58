/** An IP family: 4 for IPv4, 6 for IPv6. */
export type Family = 4 | 6;

/**
 * An IP address as an unsigned number: its octets in network order, so below
 * 2^32 for family 4 and below 2^128 for family 6. Whoever builds one by hand
 * keeps to these bounds; they are not checked again.
 *
 * A `value` of family 6 within `::ffff:0:0/96` does not come out of a parser:
 * those are read as family 4.
 */
export type Address = Readonly<{ family: Family; value: bigint }>;

/** How many bits an address of `family` has: 32 or 128. */
export function addressBits(family: Family): 32 | 128 {
  return family === 4 ? 32 : 128;
}

/**
 * Orders addresses: every IPv4 address before every IPv6 address, then by
 * number.
 *
 * @example Sort addresses as numbers, not as text
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatAddress, parseAddress } from "./mod.ts";
 * const sorted = ["::1", "10.0.0.10", "10.0.0.9"].map(parseAddress)
 *   .sort(compareAddresses).map(formatAddress);
 * assertEquals(sorted, ["10.0.0.9", "10.0.0.10", "::1"]);
 * ```
 * @returns A number below, equal to or above 0, as for `Array.sort`.
 */
export function compareAddresses(a: Address, b: Address): number {
  if (a.family !== b.family) return a.family - b.family;
  if (a.value === b.value) return 0;
  return a.value < b.value ? -1 : 1;
}

/**
 * The address `by` places after `address`, or before it when `by` is negative.
 *
 * @returns The address; `undefined` past either end of the family.
 */
export function offsetAddress(
  address: Address,
  by: bigint,
): Address | undefined {
  const { family } = address;
  const value = address.value + by;
  const isInFamily = value >= 0n && value < END[family];
  return isInFamily ? { family, value } : undefined;
}

// The first number past each family, held since ranges are walked in a loop.
const END = { 4: 1n << 32n, 6: 1n << 128n } as const;
