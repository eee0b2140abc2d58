import { assertEquals } from "@std/assert";
import { formatAddress } from "./format_address.ts";
import { parseAddress } from "./parse_address.ts";

Deno.test("formatAddress() writes the canonical text", async (t) => {
  const cases: Record<string, readonly [text: string, canonical: string]> = {
    "IPv4": ["10.0.0.1", "10.0.0.1"],
    "IPv4 above 128": ["255.128.0.254", "255.128.0.254"],
    "IPv4 in IPv6": ["::ffff:10.0.0.1", "10.0.0.1"],
    "lower case": ["2001:DB8::ABCD", "2001:db8::abcd"],
    "no leading zeros": ["2001:0db8::0001", "2001:db8::1"],
    "one zero group stays": [
      "2001:db8:0:1:1:1:1:1",
      "2001:db8:0:1:1:1:1:1",
    ],
    "one zero group is not for ::": ["::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"],
    "the longer run": ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    "the first of equal runs": ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    "run at the start": ["0:0:3:4:5:6:7:8", "::3:4:5:6:7:8"],
    "run at the end": ["1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"],
    "all zero": ["0:0:0:0:0:0:0:0", "::"],
    "never dotted": ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
  };
  for (const [why, [text, canonical]] of Object.entries(cases)) {
    await t.step(why, () => {
      assertEquals(formatAddress(parseAddress(text)), canonical);
    });
  }
});
