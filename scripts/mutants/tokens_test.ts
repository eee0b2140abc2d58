import { assertEquals, assertThrows } from "@std/assert";
import { PROJECT_ROOT, projectFiles } from "../project.ts";
import { tokenize } from "./tokens.ts";

/** The tokens' texts, each after the first letter of its kind. */
function textsOf(source: string): readonly string[] {
  return tokenize(source).map(({ kind, text }) => `${kind[0]} ${text}`);
}

Deno.test("tokenize() tells code from text", async (t) => {
  const cases: Record<string, readonly [string, readonly string[]]> = {
    "comments are left out": [
      "a /* b */ // c < d\n  .e",
      ["w a", "s .", "w e"],
    ],
    "signs are as long as they can be": [
      "a !== b?.c ?? ...d",
      ["w a", "s !==", "w b", "s ?.", "w c", "s ??", "s ...", "w d"],
    ],
    "numbers": [
      "0xffn + 1_000.5e-3 - 4n",
      ["n 0xffn", "s +", "n 1_000.5e-3", "s -", "n 4n"],
    ],
    "strings with quotes in them": [
      `"a\\"<" + 'b"'`,
      [`t "a\\"<"`, "s +", `t 'b"'`],
    ],
    "a regular expression with a slash in a set": [
      'x = /[/"]\\//u.test(y)',
      ["w x", "s =", 't /[/"]\\//u', "s .", "w test", "s (", "w y", "s )"],
    ],
    "a division": ["a / b / c", ["w a", "s /", "w b", "s /", "w c"]],
    "templates in templates": [
      "`a${b({ c: `d${e}` })}f < ${g}`",
      [
        ...["t `a${", "w b", "s (", "s {", "w c", "s :"],
        ...["t `d${", "w e", "t }`", "s }", "s )", "t }f < ${", "w g", "t }`"],
      ],
    ],
    "private names": ["this.#a", ["w this", "s .", "w #a"]],
  };
  for (const [why, [source, expected]] of Object.entries(cases)) {
    await t.step(why, () => assertEquals(textsOf(source), expected));
  }
});

Deno.test("tokenize() says where it cannot go on", () => {
  assertThrows(() => tokenize("a\nb \\ c"), SyntaxError, "line 2");
  assertThrows(() => tokenize("`a"), SyntaxError, "line 1");
});

Deno.test("tokenize() leaves nothing of the project's files out", async () => {
  const files = (await projectFiles()).filter((path) => path.endsWith(".ts"));
  for (const file of files) {
    const source = await Deno.readTextFile(`${PROJECT_ROOT}/${file}`);
    const tokens = tokenize(source);
    let end = 0;
    for (const { start, text } of tokens) {
      const between = source.slice(end, start);
      assertEquals(
        /^(\s|#!.*|\/\/.*|\/\*[^]*?\*\/)*$/.test(between),
        true,
        file,
      );
      end = start + text.length;
    }
    // What is opened is closed, so no string or comment was mistaken for code.
    const count = (sign: string) =>
      tokens.filter(({ text }) => text === sign).length;
    for (const [open, close] of ["()", "[]", "{}"]) {
      assertEquals(count(open!), count(close!), `${open}${close} in ${file}`);
    }
  }
});
