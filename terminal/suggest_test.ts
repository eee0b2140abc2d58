import { assertEquals } from "@std/assert";
import { suggest } from "./suggest.ts";

Deno.test("suggest() finds what may be meant, nearest first", async (t) => {
  const words = ["add", "check", "del", "gc", "status"];
  const cases: Record<string, readonly string[]> = {
    "ch": ["check"],
    "delete": [],
    "dle": ["del"],
    "stauts": ["status"],
    "": [],
    "frobnicate": [],
  };
  for (const [word, expected] of Object.entries(cases)) {
    await t.step(word || "nothing", () => {
      assertEquals(suggest(word, words), expected);
    });
  }
});
