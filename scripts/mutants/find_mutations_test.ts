import { assertEquals } from "@std/assert";
import { applyMutation, findMutations } from "./find_mutations.ts";

/** Each change as `old → new`. */
function changesOf(source: string): readonly string[] {
  return findMutations(source).map((one) => `${one.old} → ${one.new}`);
}

Deno.test("findMutations() finds one small change each", async (t) => {
  const cases: Record<string, readonly [string, readonly string[]]> = {
    "a comparison": ["x = a < b;", ["< → <="]],
    "not a type's brackets": ["const x: Map<string, A> = y;", []],
    "both sides of a choice": ["x = a && b || c;", ["&& → ||", "|| → &&"]],
    "a sum of numbers": ["x = a + b;", ["+ → -"]],
    "not a sum of texts": ['x = a + "b c";', []],
    "a negation": ["x = !a;", ["! → "]],
    "not an assertion": ["x = a!;", []],
    "numbers": ["x = [0, 0o17, 1_000, 4n];", [
      ...["0 → 1", "0o17 → 16", "1_000 → 1001", "4n → 5n"],
    ]],
    "a word in quotes": ['x = ["ip", ""];', ['"ip" → "ip~"', '"" → "~"']],
    "not a sentence, nor a type": ['let x: "a" | "b" = y("It is so");', []],
    "truth": ["x = true;", ["true → false"]],
    "a method with an opposite": ["x = a.some(b);", ["some → every"]],
    "a method that may be missing": ["x = a.trim();", [".trim() → "]],
    "a condition": ["if (a(b)) { c: d }", ["a(b) → !(a(b))"]],
    "a guard": ["{ if (a === b) return c; }", [
      ...["if (a === b) return c; → ", "=== → !=="],
    ]],
    "not a guard with an alternative": [
      "{ if (a(b)) return c; else d(); }",
      ["a(b) → !(a(b))"],
    ],
    "statements": ["{ a.b(); await c; d = e; }", [
      ...["a.b(); → ", "await c; → ", "d = e; → "],
    ]],
    "not a declaration": ["{ const a = b; await using c = d; return e; }", []],
    "not a method": ["class A { b(): C { return d; } }", []],
    "the only two arguments": ["x = a(b, c);", ["b, c → c, b"]],
    "not parameters": ["function f(a: B, c: D) {}", []],
    "the last option": ["x = a(b, { c, d });", [", d → "]],
    "neither imports nor types": [
      'import { a, b } from "c";\nexport * from "d";\n' +
      'interface E { f(g: "h"): 1; }\ntype I = "j";',
      [],
    ],
  };
  for (const [why, [source, expected]] of Object.entries(cases)) {
    await t.step(why, () => {
      assertEquals(changesOf(source), expected);
    });
  }
});

Deno.test("applyMutation() changes that place alone", () => {
  const source = "// a < b\n  x = a < b && b < c;\n";
  const [, second] = findMutations(source).filter(({ old }) => old === "<");
  assertEquals([second?.line, second?.lineText], [2, "x = a < b && b < c;"]);
  assertEquals(
    applyMutation(source, second!),
    "// a < b\n  x = a < b && b <= c;\n",
  );
});
