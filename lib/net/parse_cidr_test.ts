import { assertEquals, assertThrows } from "@std/assert";
import { formatCidr } from "./cidr.ts";
import { parseCidr } from "./parse_cidr.ts";

Deno.test("parseCidr() reads address and length", () => {
  assertEquals(parseCidr("10.1.2.3/8"), {
    address: { family: 4, value: 0x0a010203n },
    prefixBits: 8,
  });
  assertEquals(parseCidr("2001:db8::/32"), {
    address: { family: 6, value: 0x20010db8n << 96n },
    prefixBits: 32,
  });
});

Deno.test("parseCidr() takes what Go takes", async (t) => {
  const cases: Record<string, readonly [text: string, canonical: string]> = {
    "host bits": ["10.1.2.3/8", "10.1.2.3/8"],
    "IPv6 host bits": ["2001:DB8::1/64", "2001:db8::1/64"],
    "shortest": ["0.0.0.0/0", "0.0.0.0/0"],
    "longest": ["10.0.0.1/32", "10.0.0.1/32"],
    "IPv6 shortest": ["::/0", "::/0"],
    "IPv6 longest": ["::1/128", "::1/128"],
    "zero before the length": ["10.0.0.0/08", "10.0.0.0/8"],
    "many zeros before the length": ["10.0.0.0/00000000000008", "10.0.0.0/8"],
    "IPv4 in IPv6": ["::ffff:9.9.9.9/120", "9.9.9.9/24"],
    "IPv4 in IPv6, in hex": ["::ffff:909:909/128", "9.9.9.9/32"],
    "all of IPv4 in IPv6": ["::ffff:0:0/96", "0.0.0.0/0"],
    "IPv4-compatible stays IPv6": ["::9.9.9.9/120", "::909:909/120"],
  };
  for (const [why, [text, canonical]] of Object.entries(cases)) {
    await t.step(why, () => {
      assertEquals(formatCidr(parseCidr(text)), canonical);
    });
  }
});

Deno.test("parseCidr() refuses what Go refuses, and more", async (t) => {
  const cases = {
    "empty": "",
    "no length": "10.0.0.0",
    "empty length": "10.0.0.0/",
    "no address": "/8",
    "too long": "10.0.0.0/33",
    "IPv6 too long": "::/129",
    "far too long": "10.0.0.0/99999999999999999999",
    "plus": "10.0.0.0/+8",
    "minus": "10.0.0.0/-8",
    "minus zero": "10.0.0.0/-0",
    "hex": "10.0.0.0/0x8",
    "exponent": "10.0.0.0/1e1",
    "fraction": "10.0.0.0/8.0",
    "netmask": "10.0.0.0/255.0.0.0",
    "two lengths": "10.0.0.0/8/8",
    "space before the length": "10.0.0.0/ 8",
    "newline after": "10.0.0.0/8\n",
    "leading zero in an octet": "010.0.0.0/8",
    "three octets": "10.0.0/8",
    "zone": "fe80::1%eth0/64",
    "zone after the length": "fe80::1/64%eth0",
    "two runs": "1::2::3/64",
    "IPv4 in IPv6, cut before the IPv4 part": "::ffff:9.9.9.9/95",
    "IPv4 in IPv6 with an IPv4 length": "::ffff:9.9.9.9/24",
  };
  for (const [why, text] of Object.entries(cases)) {
    await t.step(why, () => {
      assertThrows(() => parseCidr(text), SyntaxError, JSON.stringify(text));
    });
  }
});

Deno.test("parseCidr() names the lengths that would do", () => {
  const cases = {
    "10.0.0.0/33": "from 0 to 32",
    "::/129": "from 0 to 128",
    "::ffff:9.9.9.9/24": "from 96 to 128",
  };
  for (const [text, reason] of Object.entries(cases)) {
    assertThrows(() => parseCidr(text), SyntaxError, reason);
  }
});
