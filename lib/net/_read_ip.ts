import type { Address } from "./address.ts";

/**
 * Reads an address as it is spelled: IPv4 in IPv6 stays family 6, since a CIDR
 * counts its prefix length over the spelled address.
 *
 * @returns The address, or why `text` is none. The reason is returned and not
 * thrown, so that each parser names the whole text that it was given.
 */
export function readIp(text: string): Address | string {
  const family = text.includes(":") ? 6 : 4;
  const value = family === 6 ? readIpv6(text) : readIpv4(text);
  if (typeof value === "string") return value;
  return { family, value: BigInt(value) };
}

/** Reads IPv4 in IPv6 (`::ffff:a.b.c.d`, however spelled) as plain IPv4. */
export function unmapIpv4(address: Address): Address {
  const isMapped = address.family === 6 && address.value >> 32n === 0xffffn;
  if (!isMapped) return address;
  return { family: 4, value: address.value & 0xffffffffn };
}

/**
 * One pass without splitting: a host-local with a full range reads tens of
 * thousands of these in a call.
 */
function readIpv4(text: string): number | string {
  let value = 0;
  let octet = -1; // No digit yet.
  let dots = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === DOT) {
      if (octet < 0 || dots === 3) return NOT_IPV4;
      // Multiplied, not shifted: `<<` is signed.
      value = value * 256 + octet;
      octet = -1;
      dots++;
      continue;
    }
    const digit = code - ZERO;
    if (digit < 0 || digit > 9) return NOT_IPV4;
    if (octet === 0) return LEADING_ZERO;
    octet = octet < 0 ? digit : octet * 10 + digit;
    if (octet > 255) return NOT_IPV4;
  }
  return dots === 3 && octet >= 0 ? value * 256 + octet : NOT_IPV4;
}

function readIpv6(text: string): bigint | string {
  if (text.includes("%")) return ZONE;
  let hex = text;
  const dotted = text.slice(text.lastIndexOf(":") + 1);
  if (dotted.includes(".")) {
    const ipv4 = readIpv4(dotted);
    if (typeof ipv4 === "string") return `its IPv4 tail: ${ipv4}`;
    const [high, low] = [ipv4 >>> 16, ipv4 & 0xffff];
    const lead = text.slice(0, -dotted.length);
    hex = `${lead}${high.toString(16)}:${low.toString(16)}`;
  }
  const run = hex.indexOf("::");
  if (run !== hex.lastIndexOf("::")) return TWO_RUNS;
  const head = readGroups(run < 0 ? hex : hex.slice(0, run));
  const tail = readGroups(run < 0 ? "" : hex.slice(run + 2));
  if (head === undefined || tail === undefined) return NOT_IPV6;
  const zeros = 8 - head.length - tail.length;
  // Where :: stands, it stands for one group at least (RFC 4291, section 2.2).
  if (run < 0 ? zeros !== 0 : zeros < 1) return NOT_IPV6;
  for (let i = 0; i < zeros; i++) head.push(0);
  return joinGroups(head.concat(tail));
}

function readGroups(text: string): number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  for (const digits of text.split(":")) {
    if (!HEX_GROUP.test(digits)) return undefined;
    groups.push(parseInt(digits, 16));
  }
  return groups;
}

/** By words of 32 bits: big integers cost more than all else here. */
function joinGroups(groups: readonly number[]): bigint {
  let value = 0n;
  for (let i = 0; i < 8; i += 2) {
    const word = groups[i]! * 0x10000 + groups[i + 1]!;
    value = value << 32n | BigInt(word);
  }
  return value;
}

const DOT = ".".charCodeAt(0);
const ZERO = "0".charCodeAt(0);
const HEX_GROUP = /^[0-9A-Fa-f]{1,4}$/;
const NOT_IPV4 = "expected four decimal numbers up to 255 joined by dots";
const LEADING_ZERO = "a leading zero is refused, since some tools read octal";
const NOT_IPV6 = "expected eight groups of one to four hex digits joined by " +
  "colons, or fewer with one ::";
const TWO_RUNS = "expected at most one ::";
const ZONE = "a zone (%) is refused: expected the address alone";
