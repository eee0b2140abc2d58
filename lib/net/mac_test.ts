import { assertEquals, assertThrows } from "@std/assert";
import { isMulticastMac, parseMac, randomMac } from "./mac.ts";

Deno.test("parseMac() writes every spelling alike", () => {
  const spellings = [
    "02:00:5e:10:00:ff",
    "02:00:5E:10:00:FF",
    "02-00-5e-10-00-ff",
    "0200.5e10.00ff",
    "0200.5E10.00fF",
  ];
  for (const text of spellings) {
    assertEquals(parseMac(text), "02:00:5e:10:00:ff", text);
  }
});

Deno.test("parseMac() takes addresses that name no single station", () => {
  assertEquals(parseMac("FF:FF:FF:FF:FF:FF"), "ff:ff:ff:ff:ff:ff");
  assertEquals(parseMac("0000.0000.0000"), "00:00:00:00:00:00");
});

Deno.test("parseMac() refuses what is no Ethernet address", async (t) => {
  const cases = {
    "empty": "",
    "a word": "random",
    "no joints": "02005e1000ff",
    "mixed joints": "02:00:5e-10:00:ff",
    "mixed joints, last": "02:00:5e:10:00-ff",
    "blanks for joints": "02 00 5e 10 00 ff",
    "pairs joined by dots": "02.00.5e.10.00.ff",
    "groups of four joined by colons": "0200:5e10:00ff",
    "single digits": "2:0:5e:10:0:ff",
    "three digits": "002:00:5e:10:00:ff",
    "no hex": "02:00:5e:10:00:fg",
    "colon first": ":02:00:5e:10:00:ff",
    "colon last": "02:00:5e:10:00:ff:",
    "empty octet": "02:00::10:00:ff",
    "space before": " 02:00:5e:10:00:ff",
    "newline after": "02:00:5e:10:00:ff\n",
    "a second batch line": "02:00:5e:10:00:ff\nlink del eth0",
  };
  for (const [why, text] of Object.entries(cases)) {
    await t.step(why, () => {
      assertThrows(() => parseMac(text), SyntaxError, JSON.stringify(text));
    });
  }
});

Deno.test("parseMac() says how many octets are too few or too many", () => {
  const pairs = (count: number) => Array(count).fill("02").join(":");
  const cases: Record<string, number> = {
    [pairs(5)]: 5,
    [pairs(7)]: 7,
    [pairs(8)]: 8,
    [pairs(20)]: 20,
    "0200.5e10": 4,
    "0200.5e10.0000.0001": 8,
  };
  for (const [text, count] of Object.entries(cases)) {
    assertThrows(() => parseMac(text), SyntaxError, `has ${count} octets`);
  }
});

Deno.test("isMulticastMac() looks at the group bit alone", () => {
  const multicast = ["01:00:5e:00:00:01", "33:33:00:00:00:01"];
  const unicast = [
    "02:00:5e:10:00:ff",
    "00:00:00:00:00:00",
    "fe:ff:ff:ff:ff:ff",
  ];
  assertEquals(multicast.map(isMulticastMac), [true, true]);
  assertEquals(isMulticastMac("ff:ff:ff:ff:ff:ff"), true);
  assertEquals(unicast.map(isMulticastMac), [false, false, false]);
});

Deno.test("randomMac() gives local unicast addresses in canonical text", () => {
  const macs = Array.from({ length: 200 }, randomMac);
  for (const mac of macs) {
    assertEquals(parseMac(mac), mac);
    assertEquals(parseInt(mac.slice(0, 2), 16) & 0b11, 0b10, mac);
  }
  // Two alike out of 200 would come once in 10^9 runs.
  assertEquals(new Set(macs).size, macs.length);
});

Deno.test("parseMac() counts no octets where it can tell none apart", () => {
  const error = assertThrows(() => parseMac("random"), SyntaxError);
  assertEquals(
    error.message,
    'Cannot parse MAC "random": expected 6 octets such as 02:00:5e:10:00:ff',
  );
});
