import { assertEquals } from "@std/assert";
import { isBareName } from "./bare_name.ts";

Deno.test("isBareName() goes by the system", async (t) => {
  const cases: Record<string, readonly [string, boolean, boolean]> = {
    "an id": ["4a3c-11_b.x", true, true],
    "an address": ["10.0.0.2", true, true],
    "nothing": ["", false, false],
    "the folder": [".", false, false],
    "its parent": ["..", false, false],
    "a folder in it": ["a/b", false, false],
    "a line break": ["a\n", false, false],
    "a backslash": ["a\\b", true, false],
    "a stream of a file": ["a:b", true, false],
    "a pattern": ["a*", true, false],
    "a device": ["NUL", true, false],
    "a device with an ending": ["com1.txt", true, false],
    "what begins like a device": ["console", true, true],
    "a dot at the end": ["a.", true, false],
  };
  for (const [why, [name, onLinux, onWindows]] of Object.entries(cases)) {
    await t.step(why, () => {
      assertEquals(isBareName(name, "linux"), onLinux);
      assertEquals(isBareName(name, "windows"), onWindows);
    });
  }
});
