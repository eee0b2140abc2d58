import { assertEquals } from "@std/assert";
import { findRepeatedKey } from "./repeated_key.ts";

Deno.test("findRepeatedKey() looks into one object only", async (t) => {
  const cases: Record<string, readonly [string, string | undefined]> = {
    "none": ['{"s": {"a": "1", "b": "1"}}', undefined],
    "twice": ['{"s": {"a": "1", "b": "2", "a": "3"}}', "a"],
    "the object's name in other letters": ['{"S": {"a": 1, "a": 1}}', "a"],
    "letters that differ": ['{"s": {"a": 1, "A": 1}}', undefined],
    "twice, once with an escape": ['{"s": {"a": 1, "\\u0061": 1}}', "a"],
    "in another object": ['{"t": {"a": 1, "a": 1}, "s": {}}', undefined],
    "further in": ['{"s": {"a": {"a": 1, "b": 1}}}', undefined],
    "twice further in": ['{"s": {"b": {"a": 1, "a": 1}}}', undefined],
    "once in each of two": ['{"s": {"a": 1}, "t": {"a": 1}}', undefined],
    "values like keys": ['{"s": {"a": "a\\":", "b": "a"}}', undefined],
    "braces in texts": ['{"x": "}{", "s": {"a": "}", "a": 1}}', "a"],
    "lists": ['{"x": [{"s": {"a": 1, "a": 1}}], "s": {}}', undefined],
    "white space": ['{ "s" :\n { "a" : 1 ,\t"a" : 1 } }', "a"],
  };
  for (const [why, [text, key]] of Object.entries(cases)) {
    await t.step(why, () => {
      JSON.parse(text);
      assertEquals(findRepeatedKey(text, "s"), key);
    });
  }
});
