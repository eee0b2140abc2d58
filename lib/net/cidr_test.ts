import { assertEquals } from "@std/assert";
import {
  cidrContains,
  cidrsOverlap,
  formatCidr,
  hasHostBits,
  lastAddressOf,
  networkOf,
} from "./cidr.ts";
import { formatAddress } from "./format_address.ts";
import { parseAddress } from "./parse_address.ts";
import { parseCidr } from "./parse_cidr.ts";

Deno.test("networkOf(), lastAddressOf() and hasHostBits() agree", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["10.1.2.3/8", "10.0.0.0", "10.255.255.255"],
    ["10.1.2.3/31", "10.1.2.2", "10.1.2.3"],
    ["10.1.2.3/32", "10.1.2.3", "10.1.2.3"],
    ["200.1.2.3/0", "0.0.0.0", "255.255.255.255"],
    ["192.168.1.0/24", "192.168.1.0", "192.168.1.255"],
    ["2001:db8::7/64", "2001:db8::", "2001:db8::ffff:ffff:ffff:ffff"],
    ["2001:db8::7/128", "2001:db8::7", "2001:db8::7"],
    ["::1/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ];
  for (const [text, first, last] of cases) {
    const cidr = parseCidr(text);
    const network = networkOf(cidr);
    assertEquals(formatCidr(network), `${first}/${cidr.prefixBits}`);
    assertEquals(formatAddress(lastAddressOf(cidr)), last);
    assertEquals(hasHostBits(cidr), formatAddress(cidr.address) !== first);
    assertEquals(hasHostBits(network), false);
  }
});

Deno.test("cidrContains() includes both ends and one family only", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["10.0.0.0/24", "10.0.0.0", true],
    ["10.0.0.0/24", "10.0.0.255", true],
    ["10.0.0.0/24", "10.0.1.0", false],
    ["10.0.0.0/24", "9.255.255.255", false],
    ["10.0.0.77/24", "10.0.0.1", true],
    ["10.0.0.1/32", "10.0.0.1", true],
    ["0.0.0.0/0", "255.255.255.255", true],
    ["0.0.0.0/0", "::1", false],
    ["::/0", "10.0.0.1", false],
    ["2001:db8::/64", "2001:db8::ffff", true],
    ["2001:db8::/64", "2001:db8:0:1::", false],
  ];
  for (const [cidr, address, expected] of cases) {
    const isContained = cidrContains(parseCidr(cidr), parseAddress(address));
    assertEquals(isContained, expected, `${cidr} ${address}`);
  }
});

Deno.test("cidrsOverlap() is the same both ways", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["10.0.0.0/24", "10.0.0.128/25", true],
    ["10.0.0.0/24", "10.0.0.0/24", true],
    ["10.0.0.0/25", "10.0.0.128/25", false],
    ["10.0.0.7/8", "10.9.9.9/32", true],
    ["0.0.0.0/0", "10.0.0.0/8", true],
    ["0.0.0.0/0", "::/0", false],
    ["2001:db8::/32", "2001:db8:1::/48", true],
    ["2001:db8::/48", "2001:db8:1::/48", false],
  ];
  for (const [left, right, expected] of cases) {
    const [a, b] = [parseCidr(left), parseCidr(right)];
    assertEquals(cidrsOverlap(a, b), expected, `${left} ${right}`);
    assertEquals(cidrsOverlap(b, a), expected, `${right} ${left}`);
  }
});
