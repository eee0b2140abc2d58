import { assertEquals, assertThrows } from "@std/assert";
import { parseAddress } from "./parse_address.ts";

const V4 = (value: number) => ({ family: 4, value: BigInt(value) });
const V6 = (value: bigint) => ({ family: 6, value });

Deno.test("parseAddress() reads IPv4", () => {
  assertEquals(parseAddress("0.0.0.0"), V4(0));
  assertEquals(parseAddress("10.0.0.1"), V4(0x0a000001));
  assertEquals(parseAddress("128.0.0.0"), V4(0x80000000));
  assertEquals(parseAddress("255.255.255.255"), V4(0xffffffff));
});

Deno.test("parseAddress() reads every spelling of IPv6", async (t) => {
  const doc = 0x20010db8n << 96n;
  const cases: Record<string, readonly [text: string, value: bigint]> = {
    "unspecified": ["::", 0n],
    "loopback": ["::1", 1n],
    "all groups": ["2001:db8:0:0:0:0:0:1", doc | 1n],
    "upper case": ["2001:DB8::A", doc | 10n],
    "leading zeros in groups": ["2001:0db8::000a", doc | 10n],
    "zeros at the end": ["2001:db8::", doc],
    "zeros in the middle": ["2001:db8::7:8", doc | 0x70008n],
    ":: for one group, last": [
      "1:2:3:4:5:6:7::",
      0x10002000300040005000600070000n,
    ],
    ":: for one group, first": [
      "::2:3:4:5:6:7:8",
      0x2000300040005000600070008n,
    ],
    ":: for one group, inside": [
      "1:2:3::5:6:7:8",
      0x10002000300000005000600070008n,
    ],
    "IPv4 tail": ["64:ff9b::192.0.2.33", 0x64ff9bn << 96n | 0xc0000221n],
    "IPv4 tail above 128": ["::1:255.0.0.1", 0x1ff000001n],
    "IPv4 tail and no zeros left out": ["0:0:0:0:0:1:1.2.3.4", 0x101020304n],
    "IPv4-compatible stays IPv6": ["::1.2.3.4", 0x01020304n],
    "next to the mapped ones": ["::fffe:1.2.3.4", 0xfffe01020304n],
    "all ones": ["ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", (1n << 128n) - 1n],
  };
  for (const [why, [text, value]] of Object.entries(cases)) {
    await t.step(why, () => assertEquals(parseAddress(text), V6(value)));
  }
});

Deno.test("parseAddress() reads IPv4 in IPv6 as IPv4", () => {
  const spellings = [
    "::ffff:10.0.0.1",
    "::FFFF:a00:1",
    "0:0:0:0:0:ffff:10.0.0.1",
    "0000:0000:0000:0000:0000:ffff:0a00:0001",
  ];
  for (const text of spellings) {
    assertEquals(parseAddress(text), V4(0x0a000001), text);
  }
});

Deno.test("parseAddress() refuses what is no plain address", async (t) => {
  const cases = {
    "empty": "",
    "a word": "localhost",
    "a file name beside reservations": "last_reserved_ip.0",
    "leading zero": "010.0.0.1",
    "double zero": "10.0.0.00",
    "octet above 255": "10.0.0.256",
    "octet that would overflow": "10.0.0.99999999999999999999",
    "three octets": "10.0.1",
    "five octets": "10.0.0.1.2",
    "one number": "167772161",
    "empty octet": "10..0.1",
    "dot first": ".10.0.0.1",
    "dot last": "10.0.0.1.",
    "hex octet": "0xa.0.0.1",
    "exponent": "1e1.0.0.1",
    "sign": "+10.0.0.1",
    "negative": "10.0.0.-1",
    "non-ASCII digits": "\u0661.2.3.4",
    "prefix length": "10.0.0.1/8",
    "port": "10.0.0.1:80",
    "space before": " 10.0.0.1",
    "newline after": "10.0.0.1\n",
    "IPv4 zone": "10.0.0.1%eth0",
    "one colon": ":",
    "three colons": ":::",
    "four colons": "::::",
    "two runs": "1::2::3",
    "run of three colons": "1:::2",
    "seven groups": "1:2:3:4:5:6:7",
    "nine groups": "1:2:3:4:5:6:7:8:9",
    "eight groups and a run": "1:2:3:4::5:6:7:8",
    "eight groups and a run, last": "1:2:3:4:5:6:7:8::",
    "colon first": ":1:2:3:4:5:6:7",
    "colon first, eight groups": ":1:2:3:4:5:6:7:8",
    "colon last": "1:2:3:4:5:6:7:",
    "colon after a run": "1:2::3:",
    "five digits": "::12345",
    "five digits, zeros": "::00001",
    "no hex": "::g",
    "hex prefix": "::0x1",
    "zone": "fe80::1%eth0",
    "empty zone": "fe80::1%",
    "brackets": "[::1]",
    "IPv6 prefix length": "::1/128",
    "IPv6 space": ":: 1",
    "IPv6 newline": "::1\n",
    "IPv4 tail not last": "::1.2.3.4:5",
    "IPv4 tail before a run": "1.2.3.4::",
    "IPv4 tail too early": "1:2:3:4:5:1.2.3.4",
    "IPv4 tail too late": "1:2:3:4:5:6:7:1.2.3.4",
    "IPv4 tail and a run of nothing": "1:2:3:4:5:6::1.2.3.4",
    "IPv4 tail with leading zero": "::ffff:01.2.3.4",
    "IPv4 tail too short": "::ffff:1.2.3",
    "IPv4 tail above 255": "::ffff:1.2.3.256",
  };
  for (const [why, text] of Object.entries(cases)) {
    await t.step(why, () => {
      assertThrows(() => parseAddress(text), SyntaxError, JSON.stringify(text));
    });
  }
});

Deno.test("parseAddress() says why", () => {
  const cases = {
    "010.0.0.1": "leading zero",
    "10.0.1": "four decimal numbers",
    "::ffff:10.0.1": "IPv4 tail",
    "fe80::1%eth0": "zone",
    "1::2::3": "at most one ::",
    "1:2": "eight groups",
  };
  for (const [text, reason] of Object.entries(cases)) {
    assertThrows(() => parseAddress(text), SyntaxError, reason);
  }
});
