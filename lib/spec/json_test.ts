import { assertEquals, assertThrows } from "@std/assert";
import { CniError } from "./cni_error.ts";
import { CniCode } from "./code.ts";
import { assertRefuses } from "./_testing.ts";
import {
  describe,
  formatJson,
  formatJsonLine,
  isJsonObject,
  type Json,
  parseJson,
  parseJsonObject,
  sortKeys,
} from "./json.ts";

Deno.test("parseJson() reads any JSON value", () => {
  const texts = [
    "null",
    "0",
    '""',
    "[]",
    "{}",
    '\t\r\n {"a":[1,{"b":null}]} \n',
  ];
  const values: Json[] = [null, 0, "", [], {}, { a: [1, { b: null }] }];
  assertEquals(texts.map((text) => parseJson(text, "test")), values);
});

Deno.test("parseJson() says where a text stops being JSON", async (t) => {
  const cases: Record<string, readonly [text: string, place: string]> = {
    "a word for a value": ['{"mtu": big}', "line 1, column 9"],
    "a word cut short, several lines on": [
      '{\n  "name": "n",\n  "isGateway": tru\n}',
      "line 3, column 19",
    ],
    "not a number": ['{"mtu": NaN}', "line 1, column 9"],
    "comma last": ['{\n\t"a": 1,\n}', "line 3, column 1"],
    "comma missing, Windows line ends": [
      '{"a": 1\r\n"b": 2}',
      "line 2, column 1",
    ],
    "colon missing": ['{"a" 1}', "line 1, column 6"],
    "key without quotes": ["{a: 1}", "line 1, column 2"],
    "single quotes": ["{'a': 1}", "line 1, column 2"],
    "comment": ['{\n// no\n"a": 1}', "line 2, column 1"],
    "leading zero": ['{"a": 01}', "line 1, column 8"],
    "bad escape": ['{"a": "\\x"}', "line 1, column 9"],
    "bad Unicode escape": ['{"a": "\\u00g0"}', "line 1, column 12"],
    "newline in a string": ['{\n"a": "b\nc"}', "line 2, column 8"],
    "array item missing": ["[[1, 2], , 3]", "line 1, column 10"],
    "a second value": ['{"a": 1}\n{"b": 2}\n', "line 2, column 1"],
    "a bracket too many": ['{"a": 1}}', "line 1, column 9"],
    "no JSON at all": ["name = n", "line 1, column 2"],
    "byte order mark": ["\ufeff{}", "line 1, column 1"],
    "NUL": ["\u0000", "line 1, column 1"],
    "not ASCII before": ['{"é": 1,\n"ß": x}', "line 2, column 6"],
    "what looks like V8's own message": [
      '{"a": at position 3 (line 1 column 4)',
      "line 1, column 7",
    ],
    "what looks like all of V8's own message": [
      '{"a": x in JSON at position 3 (line 1 column 4)',
      "line 1, column 7",
    ],
    "the wrong part twice": ["[x, x, x]", "line 1, column 2"],
  };
  for (const [why, [text, place]] of Object.entries(cases)) {
    await t.step(why, () => {
      const error = assertThrows(() => parseJson(text, "it"), CniError);
      assertEquals(error.code, CniCode.DecodingFailure);
      assertEquals(error.message, "Cannot decode it");
      assertEquals(error.details.slice(0, place.length + 1), `${place}:`);
      assertEquals(/position|is not valid JSON/.test(error.details), false);
    });
  }
});

Deno.test("parseJson() says that a text ended too early, and where", async (t) => {
  const whole = '{"a":"x\\u00e9\\n",\n"b":[1,-2.5e+10,true,false,null],"c":{}}';
  for (let length = 1; length < whole.length; length++) {
    const text = whole.slice(0, length);
    const lines = text.split("\n");
    await t.step(JSON.stringify(text), () => {
      const error = assertThrows(() => parseJson(text, "it"), CniError);
      assertEquals(
        error.details,
        `line ${lines.length}, column ${lines.at(-1)!.length + 1}: ` +
          "Unexpected end of JSON input",
      );
    });
  }
});

Deno.test("parseJson() says that there is no text", () => {
  for (const text of ["", " ", "\n\t\n"]) {
    assertRefuses(
      () => parseJson(text, "it"),
      CniCode.DecodingFailure,
      "found nothing",
    );
  }
});

Deno.test("parseJson() never repeats the text, which may hold secrets", () => {
  const text = '{"password": "opensesame", "mtu": x, "token": "opensesame"}';
  const error = assertThrows(() => parseJson(text, "it"), CniError);
  assertEquals(error.toString().includes("opensesame"), false);
});

Deno.test("parseJsonObject() refuses what is no object", () => {
  const cases = {
    "null": "found null",
    "true": "found true",
    "1": "found 1",
    '"{}"': 'found "{}"',
    "[]": "found []",
    '[{"a":1}]': "found an array",
  };
  assertEquals(parseJsonObject('{"a":1}', "it"), { a: 1 });
  for (const [text, found] of Object.entries(cases)) {
    assertRefuses(
      () => parseJsonObject(text, "it"),
      CniCode.DecodingFailure,
      `${found}: expected a JSON object`,
    );
  }
});

Deno.test("isJsonObject() tells objects from arrays and null", () => {
  const values = [{}, { a: 1 }, [], null, undefined, "", 0];
  const answers = [true, true, false, false, false, false, false];
  assertEquals(values.map(isJsonObject), answers);
});

Deno.test("formatJson() prints byte for byte as the Go library does", () => {
  const value = { b: [1, { c: {} }], a: [], s: "é", gone: undefined };
  assertEquals(
    formatJson(value),
    '{\n    "b": [\n        1,\n        {\n            "c": {}\n' +
      '        }\n    ],\n    "a": [],\n    "s": "é"\n}',
  );
  assertEquals(formatJsonLine(value), '{"b":[1,{"c":{}}],"a":[],"s":"é"}');
});

Deno.test("formatJson() escapes what Go escapes", () => {
  const text = '<a>&b\u2028\u2029\u0000\n\t"\\é\u007f😀';
  const escaped = '"\\u003ca\\u003e\\u0026b\\u2028\\u2029\\u0000\\n\\t\\"\\\\' +
    'é\u007f😀"';
  assertEquals(formatJson(text), escaped);
  assertEquals(formatJsonLine(text), escaped);
  assertEquals(formatJson({ "<": 1 }), '{\n    "\\u003c": 1\n}');
  assertEquals(JSON.parse(formatJson(text)), text);
});

Deno.test("sortKeys() puts keys in order at every depth", () => {
  const value = { b: 1, B: 2, a: { d: [{ z: 1, y: 2 }], c: null } };
  assertEquals(
    JSON.stringify(sortKeys<Json>(value)),
    '{"B":2,"a":{"c":null,"d":[{"y":2,"z":1}]},"b":1}',
  );
});

Deno.test("sortKeys() keeps the order of lists and drops what is not written", () => {
  const value = { b: [2, 1, [3, "x"]], a: undefined };
  assertEquals(Object.entries(sortKeys(value)), [["b", [2, 1, [3, "x"]]]]);
  assertEquals(Object.keys(value), ["b", "a"]);
});

Deno.test("describe() names values, long ones by their type", () => {
  const cases: readonly (readonly [unknown, string])[] = [
    [undefined, "nothing"],
    [null, "null"],
    [false, "false"],
    [-1.5, "-1.5"],
    ["", '""'],
    ["a\nb", '"a\\nb"'],
    [[], "[]"],
    [[1], "an array"],
    [{}, "{}"],
    [{ a: 1 }, "an object"],
    ["x".repeat(78), JSON.stringify("x".repeat(78))],
    ["x".repeat(79), `"${"x".repeat(59)}… (cut)`],
  ];
  for (const [value, text] of cases) assertEquals(describe(value), text);
});

Deno.test("parseJson() refuses what is nested too deep to walk through", async (t) => {
  const deep = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
  const object = (levels: number) =>
    '{"a":'.repeat(levels) + "1" + "}".repeat(levels);
  const cases = { arrays: deep(3000), objects: object(501), more: deep(1e6) };
  for (const [why, text] of Object.entries(cases)) {
    await t.step(why, () => {
      const error = assertThrows(() => parseJson(text, "reply"), CniError);
      assertEquals(error.code, 6);
      assertEquals(
        `${error}`,
        "Cannot decode reply; nested deeper than 500 levels",
      );
    });
  }
  await t.step("but not what only looks so", () => {
    const texts = [
      deep(500),
      JSON.stringify("[".repeat(2000)),
      JSON.stringify({ a: '\\"' + "[{".repeat(1000) }),
      `[${"[],".repeat(2000)}[]]`,
    ];
    for (const text of texts) parseJson(text, "reply");
  });
});
