import { assertEquals } from "@std/assert";
import { addressBits, compareAddresses, offsetAddress } from "./address.ts";
import { formatAddress } from "./format_address.ts";
import { parseAddress } from "./parse_address.ts";

Deno.test("addressBits() counts the bits of a family", () => {
  assertEquals([addressBits(4), addressBits(6)], [32, 128]);
});

Deno.test("compareAddresses() orders by family, then by number", () => {
  const sorted = [
    "0.0.0.0",
    "9.255.255.255",
    "10.0.0.9",
    "10.0.0.10",
    "128.0.0.0",
    "::",
    "::1",
    "2001:db8::",
    "ff02::1",
  ];
  const shuffled = sorted.toReversed().map(parseAddress);
  const ordered = shuffled.sort(compareAddresses).map(formatAddress);
  assertEquals(ordered, sorted);
  assertEquals(compareAddresses(parseAddress("::1"), parseAddress("0::1")), 0);
});

Deno.test("offsetAddress() counts over octets and stops at the ends", () => {
  const cases: readonly (readonly [string, bigint, string | undefined])[] = [
    ["10.0.0.255", 1n, "10.0.1.0"],
    ["10.0.1.0", -1n, "10.0.0.255"],
    ["127.255.255.255", 1n, "128.0.0.0"],
    ["10.0.0.1", 0n, "10.0.0.1"],
    ["0.0.0.0", 0xffffffffn, "255.255.255.255"],
    ["255.255.255.255", 1n, undefined],
    ["0.0.0.0", -1n, undefined],
    ["2001:db8::ffff:ffff", 1n, "2001:db8::1:0:0"],
    ["::", -1n, undefined],
    ["ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 1n, undefined],
  ];
  for (const [from, by, to] of cases) {
    const moved = offsetAddress(parseAddress(from), by);
    assertEquals(moved, to === undefined ? to : parseAddress(to));
  }
});
