import { assertEquals } from "@std/assert";
import { diffLines } from "./diff_lines.ts";

Deno.test("diffLines() keeps what differs, in order", async (t) => {
  const cases: Readonly<Record<string, readonly [string, string, string]>> = {
    "nothing differs": ["a b", "a b", ""],
    "both are empty": ["", "", ""],
    "all is new": ["", "a b", "+ a|+ b"],
    "all is gone": ["a b", "", "- a|- b"],
    "in the middle": ["a b c", "a x c", "- b|+ x"],
    "at both ends": ["a b c", "x b y", "- a|+ x|- c|+ y"],
    "another order": ["a b", "b a", "- a|+ a"],
    "a repeated line": ["a a", "a", "- a"],
  };
  for (const [why, [left, right, expected]] of Object.entries(cases)) {
    await t.step(why, () => {
      const [a, b] = [left, right].map((text) =>
        text.split(" ").filter((word) => word !== "")
      );
      assertEquals(diffLines(a!, b!).join("|"), expected);
    });
  }
});
