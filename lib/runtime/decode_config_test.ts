import { assertEquals, assertThrows } from "@std/assert";
import { CniCode, CniError } from "../spec/mod.ts";
import { decodeConfig } from "./decode_config.ts";

const decode = (content: string | Uint8Array) => decodeConfig(content, "Oops");

Deno.test("decodeConfig() keeps strict JSON byte for byte", () => {
  const bytes = new TextEncoder().encode(' {"name" : "ü"}\n');
  const { object, source, warnings } = decode(bytes);
  assertEquals(object, { name: "ü" });
  assertEquals(warnings, []);
  assertEquals(source, bytes);
});

Deno.test("decodeConfig() turns comments and trailing commas into JSON", () => {
  const text = '{ // why\r\n "a": ["//", 2,], /* b\n */ }';
  const { object, source, warnings } = decode(text);
  assertEquals(object, { a: ["//", 2] });
  assertEquals(new TextDecoder().decode(source), '{"a":["//",2]}');
  const other = "other runtimes cannot read this";
  assertEquals(warnings, [
    { message: `${other}: a comment; remove it`, line: 1, column: 3 },
    { message: `${other}: a trailing comma; remove it`, line: 2, column: 15 },
  ]);
});

Deno.test("decodeConfig() leaves out a byte order mark, and says so", () => {
  const bytes = new TextEncoder().encode('\uFEFF{"a":1}');
  for (const content of [bytes, '\uFEFF{"a":1}']) {
    const { object, source, warnings } = decode(content);
    assertEquals(object, { a: 1 });
    assertEquals(new TextDecoder().decode(source), '{"a":1}');
    assertEquals(source.length, 7);
    assertEquals(warnings.map(({ line, column }) => [line, column]), [[1, 1]]);
  }
});

Deno.test("decodeConfig() says where a text is wrong", async (t) => {
  const cases: Record<string, [string, string]> = {
    "a comma too few": [
      '{\n  "a": 1\n  "b": 2\n}',
      'Oops: line 3, column 3: unexpected "b"',
    ],
    "the end too early": [
      '{\n  "a": 1\n',
      "Oops: line 2, column 9: unexpected end of JSON input",
    ],
    "more after the end": [
      '{"a": 1} x',
      "Oops: line 1, column 10: unexpected x",
    ],
    "nothing": [" \n", "Oops: the text is empty"],
    "no object": ["[1]", "Oops: found an array instead of a JSON object"],
    "null": ["null", "Oops: found null instead of a JSON object"],
  };
  for (const [why, [text, message]] of Object.entries(cases)) {
    await t.step(why, () => {
      const error = assertThrows(() => decode(text), CniError);
      assertEquals(error.message, message);
      assertEquals(error.code, CniCode.DecodingFailure);
    });
  }
});
