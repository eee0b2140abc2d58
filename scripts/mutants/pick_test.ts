import { assertEquals, assertNotEquals } from "@std/assert";
import { pickInTurn } from "./pick.ts";

const GROUPS = [
  Array.from({ length: 50 }, (_, index) => `a${index}`),
  ["b0", "b1", "b2"],
  [],
  ["c0"],
];

Deno.test("pickInTurn() takes one of each group, then another of each", () => {
  const picked = [...pickInTurn(GROUPS, { seed: 1 })];
  const groups = picked.map((item) => item[0]);
  assertEquals(groups.slice(0, 3).sort(), ["a", "b", "c"]);
  assertEquals(groups.slice(3, 5).sort(), ["a", "b"]);
  assertEquals(groups.slice(5, 7).sort(), ["a", "b"]);
  assertEquals(picked.toSorted(), GROUPS.flat().toSorted());
});

Deno.test("pickInTurn() goes by the seed alone", () => {
  const pick = (seed: number) => [...pickInTurn(GROUPS, { seed })];
  assertEquals(pick(7), pick(7));
  assertNotEquals(pick(7), pick(8));
});
