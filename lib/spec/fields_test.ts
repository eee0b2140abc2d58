import { assertEquals } from "@std/assert";
import { CniCode } from "./code.ts";
import { assertRefuses } from "./_testing.ts";
import { Fields } from "./fields.ts";
import type { Json } from "./json.ts";

const VALUES = {
  null: null,
  true: true,
  false: false,
  zero: 0,
  minusOne: -1,
  float: 1500.5,
  huge: 2 ** 53,
  empty: "",
  text: "a",
  digits: "0",
  list: ["a", "b"],
  emptyList: [],
  mixedList: ["a", 1],
  nullList: [null],
  object: { a: 1 },
  emptyObject: {},
  objects: [{ a: 1 }, { a: 2 }],
} satisfies Record<string, Json>;

type Key = keyof typeof VALUES;

/** The methods that read, and the keys that each of them takes. */
const TAKEN: Record<string, readonly Key[]> = {
  string: ["empty", "text", "digits"],
  boolean: ["true", "false"],
  integer: ["zero", "minusOne"],
  object: ["object", "emptyObject"],
  fields: ["object", "emptyObject"],
  list: ["list", "emptyList", "mixedList", "nullList", "objects"],
  strings: ["list", "emptyList"],
  fieldsList: ["emptyList", "objects"],
};

/** Calls one of the methods that read. */
function read(fields: Fields, method: string, key: string): unknown {
  switch (method) {
    case "string":
      return fields.string(key);
    case "boolean":
      return fields.boolean(key);
    case "integer":
      return fields.integer(key);
    case "object":
      return fields.object(key);
    case "fields":
      return fields.fields(key)?.json("a");
    case "list":
      return fields.list(key);
    case "strings":
      return fields.strings(key);
    default:
      return fields.fieldsList(key)?.map((item) => item.json("a"));
  }
}

Deno.test("Fields takes values of the type that is asked for", () => {
  const fields = new Fields(VALUES);
  assertEquals(
    Object.entries(TAKEN).flatMap(([method, keys]) =>
      keys.map((key) => [method, key, read(fields, method, key)])
    ),
    [
      ["string", "empty", ""],
      ["string", "text", "a"],
      ["string", "digits", "0"],
      ["boolean", "true", true],
      ["boolean", "false", false],
      ["integer", "zero", 0],
      ["integer", "minusOne", -1],
      ["object", "object", { a: 1 }],
      ["object", "emptyObject", {}],
      ["fields", "object", 1],
      ["fields", "emptyObject", undefined],
      ["list", "list", ["a", "b"]],
      ["list", "emptyList", []],
      ["list", "mixedList", ["a", 1]],
      ["list", "nullList", [null]],
      ["list", "objects", [{ a: 1 }, { a: 2 }]],
      ["strings", "list", ["a", "b"]],
      ["strings", "emptyList", []],
      ["fieldsList", "emptyList", []],
      ["fieldsList", "objects", [1, 2]],
    ],
  );
});

Deno.test("Fields refuses values of other types, naming key and value", async (t) => {
  const fields = new Fields(VALUES);
  for (const [method, taken] of Object.entries(TAKEN)) {
    for (const key of Object.keys(VALUES) as Key[]) {
      if (key === "null" || taken.includes(key)) continue;
      await t.step(`${method}("${key}")`, () => {
        const act = () => read(fields, method, key);
        const said = [`Cannot use ${key}`, `${key}`, "expected "];
        assertRefuses(act, CniCode.InvalidConfig, ...said);
      });
    }
  }
});

Deno.test("Fields takes null for absent, whatever the type", () => {
  const fields = new Fields({ a: null });
  for (const method of Object.keys(TAKEN)) {
    assertEquals(read(fields, method, "a"), undefined, method);
    assertEquals(read(fields, method, "b"), undefined, method);
  }
  assertEquals([fields.json("a"), fields.json("b")], [undefined, undefined]);
});

Deno.test("Fields reads keys that differ in case only", async (t) => {
  const cases: Record<string, readonly [Record<string, Json>, Json]> = {
    "the exact name first": [{ mtu: 1, MTU: 2 }, 1],
    "the exact name last": [{ MTU: 2, Mtu: 3, mtu: 1 }, 1],
    "of others the last": [{ MTU: 2, Mtu: 3 }, 3],
    "null is absent": [{ mtu: null, MTU: 2 }, 2],
    "false is a value": [{ mtu: false, MTU: true }, false],
  };
  for (const [why, [object, value]] of Object.entries(cases)) {
    await t.step(why, () => {
      assertEquals(new Fields(object).json("mtu"), value);
    });
  }
  await t.step("in a list of objects", () => {
    const fields = new Fields({ ips: [{ address: "a", Address: {} }] });
    assertEquals(fields.fieldsList("ips")?.[0]?.string("address"), "a");
  });
  await t.step("a message shows the one that counts", () => {
    const fields = new Fields({ mtu: "x", MTU: 2 });
    const said = ["Cannot use mtu", 'mtu is "x"'];
    assertRefuses(() => fields.integer("mtu"), CniCode.InvalidConfig, ...said);
  });
});

Deno.test("Fields says what it found and what would do", async (t) => {
  const cases: Record<string, readonly [Json, (f: Fields) => unknown, string]> =
    {
      "text for a number": [
        "1500",
        (fields) => fields.integer("mtu"),
        'mtu is "1500": expected a whole number',
      ],
      "fraction": [
        1500.5,
        (fields) => fields.integer("mtu", { min: 0 }),
        "mtu is 1500.5: expected a whole number from 0",
      ],
      "too small": [
        -1,
        (fields) => fields.integer("mtu", { min: 0, max: 65535 }),
        "mtu is -1: expected a whole number from 0 to 65535",
      ],
      "too large": [
        4095,
        (fields) => fields.integer("mtu", { max: 4094 }),
        "mtu is 4095: expected a whole number to 4094",
      ],
      "number for a text": [
        1,
        (fields) => fields.string("mtu"),
        "mtu is 1: expected a string",
      ],
      "text for a flag": [
        "true",
        (fields) => fields.boolean("mtu"),
        'mtu is "true": expected true or false',
      ],
      "list for an object": [
        [1],
        (fields) => fields.object("mtu"),
        "mtu is an array: expected an object",
      ],
      "object for a list": [
        { a: 1 },
        (fields) => fields.list("mtu"),
        "mtu is an object: expected a list",
      ],
      "number in a list of texts": [
        ["a", 7],
        (fields) => fields.strings("mtu"),
        "mtu[1] is 7: expected a string",
      ],
      "null in a list of texts": [
        [null],
        (fields) => fields.strings("mtu"),
        "mtu[0] is null: expected a string",
      ],
      "null in a list of objects": [
        [{}, null],
        (fields) => fields.fieldsList("mtu"),
        "mtu[1] is null: expected an object",
      ],
      "text in a list of objects": [
        ["a"],
        (fields) => fields.fieldsList("mtu"),
        'mtu[0] is "a": expected an object',
      ],
    };
  for (const [why, [value, act, said]] of Object.entries(cases)) {
    await t.step(why, () => {
      const fields = new Fields({ mtu: value });
      assertRefuses(() => act(fields), CniCode.InvalidConfig, said);
    });
  }
});

Deno.test("Fields.integer() takes its bounds and all between them", () => {
  const fields = new Fields({ a: 0, b: 4094, c: 2 ** 53 - 1, d: 1e3 });
  const bounds = { min: 0, max: 4094 };
  const keys = ["a", "b", "d"];
  const values = keys.map((key) => fields.integer(key, bounds));
  assertEquals(values, [0, 4094, 1000]);
  assertEquals(fields.integer("c"), Number.MAX_SAFE_INTEGER);
});

Deno.test("Fields matches keys without regard to case, the last one wins", () => {
  const fields = new Fields({ IsGateway: true, ISGATEWAY: false, "É": 1 });
  assertEquals(fields.boolean("isGateway"), false);
  assertEquals(fields.boolean("isgateway"), false);
  assertEquals(fields.integer("é"), 1);
});

Deno.test("Fields lets a later null beat an earlier value", () => {
  const fields = new Fields({ Mtu: 1, MTU: null });
  assertEquals([fields.integer("mtu"), fields.has("mtu")], [undefined, true]);
});

Deno.test("Fields.has() is about the key, not its value", () => {
  const fields = new Fields({ A: null, b: undefined, "": 1 });
  const keys = ["a", "A", "b", "c", ""];
  const answers = keys.map((key) => fields.has(key));
  assertEquals(answers, [true, true, false, false, true]);
});

Deno.test("Fields knows no keys of JavaScript's own", () => {
  const fields = new Fields({});
  for (const key of ["__proto__", "constructor", "toString"]) {
    assertEquals([fields.has(key), fields.json(key)], [false, undefined]);
  }
});

Deno.test("Fields.pathOf() names a key from the top of the configuration", () => {
  const fields = new Fields({ ipam: { ranges: [{}, { a: {} }] } });
  const inner = fields.fields("ipam")!.fieldsList("ranges")![1]!.fields("a")!;
  assertEquals(fields.pathOf("name"), "name");
  assertEquals(inner.pathOf("b"), "ipam.ranges[1].a.b");
  assertEquals(new Fields({}, "prevResult").pathOf("ips"), "prevResult.ips");
});

Deno.test("Fields.invalid() describes any value for the caller to throw", () => {
  const fields = new Fields({ Subnet: "10.0.0.1" }, "ipam");
  const own = fields.invalid("subnet", "a subnet such as 10.0.0.0/24");
  assertEquals(own.code, CniCode.InvalidConfig);
  assertEquals(
    own.toString(),
    "Cannot use ipam.subnet; " +
      'ipam.subnet is "10.0.0.1": expected a subnet such as 10.0.0.0/24',
  );
  const details = [
    fields.invalid("missing", "a list").details,
    fields.invalid("subnet", "a list", false).details,
    fields.invalid("subnet", "a list", null).details,
  ];
  assertEquals(details, [
    "ipam.missing is nothing: expected a list",
    "ipam.subnet is false: expected a list",
    "ipam.subnet is null: expected a list",
  ]);
});
