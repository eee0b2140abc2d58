import type { Address } from "./address.ts";

/**
 * Writes an address in its one canonical text, which is also the file name that
 * host-local reserves it by: dotted decimal, or RFC 5952 (lower case, no leading
 * zeros, the longest run of two or more zero groups as `::`, the first of equal
 * ones). IPv6 never gets a dotted tail.
 *
 * @example Shorten an IPv6 address
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseAddress } from "./parse_address.ts";
 * const address = parseAddress("2001:DB8:0:0:1:0:0:1");
 * assertEquals(formatAddress(address), "2001:db8::1:0:0:1");
 * ```
 */
export function formatAddress(address: Address): string {
  return address.family === 4
    ? formatIpv4(Number(address.value))
    : formatIpv6(address.value);
}

function formatIpv4(value: number): string {
  return `${value >>> 24}.${value >>> 16 & 255}.${value >>> 8 & 255}.${
    value & 255
  }`;
}

function formatIpv6(value: bigint): string {
  const groups = splitGroups(value);
  const { start, end } = longestZeroRun(groups);
  const texts = groups.map((group) => group.toString(16));
  if (end - start < 2) return texts.join(":");
  return `${texts.slice(0, start).join(":")}::${texts.slice(end).join(":")}`;
}

/** By words of 32 bits: big integers cost more than all else here. */
function splitGroups(value: bigint): number[] {
  const groups: number[] = [];
  for (const shift of WORD_SHIFTS) {
    const word = Number(BigInt.asUintN(32, value >> shift));
    groups.push(word >>> 16, word & 0xffff);
  }
  return groups;
}

function longestZeroRun(groups: readonly number[]) {
  let longest = { start: 0, end: 0 };
  let start = 0;
  for (let i = 0; i < groups.length; i++) {
    if (groups[i] !== 0) start = i + 1;
    const end = i + 1;
    if (end - start > longest.end - longest.start) longest = { start, end };
  }
  return longest;
}

const WORD_SHIFTS = [96n, 64n, 32n, 0n];
