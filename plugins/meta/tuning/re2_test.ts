import { assertEquals, assertThrows } from "@std/assert";
import { compileRe2 } from "./re2.ts";

Deno.test("compileRe2() reads what Go reads", async (t) => {
  const cases: Record<string, readonly [string, string, boolean]> = {
    "a part of the name": ["core", "net.core.somaxconn", true],
    "anchors": ["^net\\.core\\.[a-z_]*$", "net.core.somaxconn", true],
    "another name": ["^net\\.core\\.[a-z_]*$", "net.core.a.b", false],
    "anchors of the text": ["\\Anet\\z", "net", true],
    "an escaped backslash": ["\\\\A", "\\A", true],
    "letters of both kinds": ["(?i)NET", "net", true],
    "named classes": ["^[[:lower:][:digit:]_]+$", "ipv4_x", true],
    "a named class beside": ["^[[:punct:]]$", "]", true],
    "a group": ["^(?:net|x)\\.", "net.", true],
    "a group with a name": ["^(?P<first>net)\\.", "net.", true],
    "an escaped sign": ["net\\-a\\/b", "net-a/b", true],
    "a brace": ["net{", "net{", true],
    "a code": ["\\x2e", ".", true],
  };
  for (const [why, [text, name, matches]] of Object.entries(cases)) {
    await t.step(why, () => assertEquals(compileRe2(text).test(name), matches));
  }
});

Deno.test("compileRe2() refuses what it would read in another way", async (t) => {
  const cases = {
    "no expression": "net(",
    "quoted text": "\\Qnet.core\\E",
    "a property": "\\pL",
    "a code in braces": "\\x{2e}",
    "what Go has not: a look ahead": "net(?=x)",
    "what Go has not: a look behind": "(?<!x)net",
    "what Go has not: a reference": "(a)\\1",
    "flags of a group": "(?i:net)",
    "flags further on": "net(?i)x",
    "an unknown class": "[[:vowel:]]",
    "the opposite of a class": "[[:^alpha:]]",
  };
  for (const [why, text] of Object.entries(cases)) {
    await t.step(why, () => {
      assertThrows(() => compileRe2(text), SyntaxError);
    });
  }
});
