import { assertEquals } from "@std/assert";
import { printable, printableLine, shorten } from "./printable.ts";

Deno.test("printable() shows what is unsafe by its number", async (t) => {
  const cases: Readonly<Record<string, readonly [string, string]>> = {
    "what is plain stays": ["a\tb\nü 日 😀", "a\tb\nü 日 😀"],
    "escape": ["\u001b[31m", "\\u{1b}[31m"],
    "carriage return": ["a\rb", "a\\u{d}b"],
    "C1 control": ["\u009b2J", "\\u{9b}2J"],
    "right to left": ["\u202etxt", "\\u{202e}txt"],
    "half a character": ["a\ud83d", "a\\u{d83d}"],
    "no character": ["\uffff", "\\u{ffff}"],
  };
  for (const [why, [text, shown]] of Object.entries(cases)) {
    await t.step(why, () => assertEquals(printable(text), shown));
  }
});

Deno.test("printableLine() needs one line", () => {
  assertEquals(printableLine("a\n\tb"), "a\\n\\tb");
});

Deno.test("shorten() tells how much it leaves out", () => {
  assertEquals(shorten("abc", 3), "abc");
  assertEquals(shorten("a😀cde", 2), "a😀… (3 characters more)");
});
