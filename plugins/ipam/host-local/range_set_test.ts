import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { formatAddress, parseAddress } from "../../../lib/net/mod.ts";
import { CniCode, CniError, type Json } from "../../../lib/spec/mod.ts";
import { rangeSetsOf } from "./_range_sets.ts";
import {
  addressesAfter,
  checkRangeSets,
  formatRangeSet,
  rangeFor,
} from "./range_set.ts";

/** A range of 10.0.0.0/24 from `start` to `end`. */
function span(start: number, end: number): Json {
  return {
    subnet: "10.0.0.0/24",
    rangeStart: `10.0.0.${start}`,
    rangeEnd: `10.0.0.${end}`,
  };
}

Deno.test("rangeSetsKey() reads sets in order, and none if absent", () => {
  const sets = rangeSetsOf([[span(2, 3), span(8, 9)], [{
    subnet: "fd00::/126",
  }]]);
  assertEquals(sets.map(({ key }) => key), [
    "ipam.ranges[0]",
    "ipam.ranges[1]",
  ]);
  assertEquals(sets.map(formatRangeSet), [
    "10.0.0.2-10.0.0.3,10.0.0.8-10.0.0.9",
    "fd00::1-fd00::3",
  ]);
  assertEquals(rangeSetsOf(null), []);
  assertEquals(rangeSetsOf([]), []);
});

Deno.test("rangeSetsKey() refuses lists of another shape", async (t) => {
  const cases: Record<string, [Json, string, string]> = {
    "no list": ["10.0.0.0/24", "ipam.ranges", '"10.0.0.0/24"'],
    "flat list": [[span(2, 3)], "ipam.ranges[0]", "an object"],
    "empty set": [[[span(2, 3)], []], "ipam.ranges[1]", "[]"],
    "null set": [[null], "ipam.ranges[0]", "null"],
    "null range": [[[null]], "ipam.ranges[0][0]", "null"],
    "text for a range": [[["x"]], "ipam.ranges[0][0]", '"x"'],
  };
  for (const [why, [ranges, key, value]] of Object.entries(cases)) {
    await t.step(why, () => {
      const error = assertThrows(() => rangeSetsOf(ranges), CniError);
      assertEquals(error.code, CniCode.InvalidConfig);
      assertEquals(error.message, `Cannot use ${key}`);
      assertStringIncludes(error.details, `${key} is ${value}`);
    });
  }
});

Deno.test("checkRangeSets() takes one subnet in parts", () => {
  checkRangeSets(rangeSetsOf([[span(2, 3), span(4, 5)], [span(6, 7)]]));
});

Deno.test("checkRangeSets() refuses overlaps and mixed families", async (t) => {
  const v6 = { subnet: "fd00::/64" };
  const cases: Record<string, [Json, ...string[]]> = {
    "overlap in a set": [
      [[span(2, 5), span(5, 6)]],
      "ipam.ranges[0]",
      "10.0.0.5-10.0.0.6",
      "10.0.0.2-10.0.0.5",
    ],
    "overlap of sets": [
      [[v6], [span(2, 5)], [span(4, 6)]],
      "ipam.ranges[2]",
      "range set 2",
      "range set 1",
    ],
    "families mixed in a set": [
      [[span(2, 5), v6]],
      "ipam.ranges[0]",
      "mixed address families",
    ],
  };
  for (const [why, [ranges, ...fragments]] of Object.entries(cases)) {
    await t.step(why, () => {
      const check = () => checkRangeSets(rangeSetsOf(ranges));
      const error = assertThrows(check, CniError);
      assertEquals(error.code, CniCode.InvalidConfig);
      for (const fragment of fragments) {
        assertStringIncludes(error.toString(), fragment);
      }
    });
  }
});

Deno.test("rangeFor() finds the range of an address", () => {
  const [set] = rangeSetsOf([[span(2, 3), span(8, 9)]]);
  assertEquals(rangeFor(set!, parseAddress("10.0.0.8")), set!.ranges[1]);
  assertEquals(rangeFor(set!, parseAddress("10.0.0.5")), undefined);
});

Deno.test("addressesAfter() goes round once", async (t) => {
  const [set] = rangeSetsOf([[span(2, 3), span(8, 9)]]);
  const cases: Record<string, [string | undefined, string]> = {
    "nothing known": [undefined, "2 3 8 9"],
    "in the first range": ["10.0.0.2", "3 8 9 2"],
    "at the end of a range": ["10.0.0.3", "8 9 2 3"],
    "in the last range": ["10.0.0.8", "9 2 3 8"],
    "at the very end": ["10.0.0.9", "2 3 8 9"],
    "in no range": ["10.0.0.5", "2 3 8 9"],
    "of the other family": ["::a00:2", "2 3 8 9"],
  };
  for (const [why, [last, expected]] of Object.entries(cases)) {
    await t.step(why, () => {
      const from = last === undefined ? undefined : parseAddress(last);
      const found = [...addressesAfter(set!, from)]
        .map(([address]) => formatAddress(address).split(".")[3]);
      assertEquals(found.join(" "), expected);
    });
  }
});

Deno.test("addressesAfter() ends at the last address of the family", () => {
  const [set] = rangeSetsOf([[{
    subnet: "255.255.255.0/24",
    rangeStart: "255.255.255.254",
    rangeEnd: "255.255.255.255",
  }]]);
  const last = parseAddress("255.255.255.255");
  const texts = [...addressesAfter(set!, last)].map(([a]) => formatAddress(a));
  assertEquals(texts, ["255.255.255.254", "255.255.255.255"]);
});
