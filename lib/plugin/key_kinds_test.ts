import { assertEquals, assertThrows } from "@std/assert";
import { parseCidr } from "../net/mod.ts";
import { CniError, Fields, type JsonObject } from "../spec/mod.ts";
import { readArgs, readKeys, readRuntimeConfig } from "./key.ts";
import {
  anyKey,
  anyLinkNameKey,
  booleanKey,
  choiceKey,
  fieldsKey,
  integerKey,
  linkNameKey,
  listKey,
  macKey,
  mappedKey,
  objectKey,
  parsedKey,
  stringKey,
} from "./key_kinds.ts";

const description = "A key";

const KEYS = {
  flag: booleanKey({ description, default: false }),
  mtu: integerKey({ description, min: 68, max: 9000, zero: "the default" }),
  count: integerKey({ description, default: 7 }),
  text: stringKey({ description }),
  raw: stringKey({ description, isEmptyValue: true }),
  mode: choiceKey(["a", "b", "c"], { description, default: "a" }),
  net: parsedKey({ description }, "a network", (text) => parseCidr(text)),
  mac: macKey({ description }),
  link: linkNameKey({ description, default: "cni0" }),
  open: objectKey({ description }),
  range: fieldsKey(
    { id: integerKey({ description, min: 1 }) },
    { description },
  ),
  names: listKey(stringKey({ description }), { description }),
  any: anyKey({ description }),
};

function read(object: JsonObject) {
  return readKeys(new Fields(object, "at"), KEYS);
}

Deno.test("anyLinkNameKey() takes what may be an alternative name", () => {
  const keys = { link: anyLinkNameKey({ description }) };
  const read = (link: string) => readKeys(new Fields({ link }, ""), keys).link;
  for (const name of ["eth0", "if2", "n".repeat(16), "n".repeat(127)]) {
    assertEquals(read(name), name);
  }
  for (const name of ["n".repeat(128), "a/b", "a b", "all", ".."]) {
    const error = assertThrows(() => read(name), CniError);
    assertEquals(error.code, 7);
  }
});

Deno.test("readKeys() takes defaults where keys are absent", () => {
  const absent = {
    flag: false,
    mtu: undefined,
    count: 7,
    text: undefined,
    raw: undefined,
    mode: "a" as const,
    net: undefined,
    mac: undefined,
    link: "cni0",
    open: undefined,
    range: undefined,
    names: undefined,
    any: undefined,
  };
  assertEquals(read({}), absent);
  const nulls = Object.keys(KEYS).map((name) => [name, null] as const);
  assertEquals(read(Object.fromEntries(nulls)), absent);
  assertEquals(read({ text: "", mode: "", mac: "", link: "" }), absent);
});

Deno.test("readKeys() reads values, by names in any case", () => {
  const values = read({
    FLAG: true,
    Mtu: 0,
    count: -1,
    text: "x",
    raw: "",
    mode: "c",
    net: "10.0.0.1/8",
    mac: "02-00-00-00-00-0A",
    link: "br0",
    open: { a: [1] },
    range: { ID: 3, more: 1 },
    names: ["a", "b"],
    any: [null],
  });
  assertEquals(values, {
    flag: true,
    mtu: 0,
    count: -1,
    text: "x",
    raw: "",
    mode: "c",
    net: parseCidr("10.0.0.1/8"),
    mac: "02:00:00:00:00:0a",
    link: "br0",
    open: { a: [1] },
    range: { id: 3 },
    names: ["a", "b"],
    any: [null],
  });
});

Deno.test("readKeys() refuses what will not do", async (t) => {
  const cases: Record<string, readonly [JsonObject, string]> = {
    "no boolean": [{ flag: "x" }, 'at.flag is "x": expected true or false'],
    "too small": [
      { mtu: 67 },
      "at.mtu is 67: expected 0 for the default, or a whole number from 68 " +
      "to 9000",
    ],
    "too large": [
      { mtu: 9001 },
      "at.mtu is 9001: expected 0 for the default, or a whole number from 68 " +
      "to 9000",
    ],
    "no integer": [{ count: 1.5 }, "at.count is 1.5: expected a whole number"],
    "no text": [{ text: 1 }, "at.text is 1: expected a string"],
    "no choice": [{ mode: "d" }, 'at.mode is "d": expected "a", "b" or "c"'],
    "other case": [{ mode: "A" }, 'at.mode is "A": expected "a", "b" or "c"'],
    "no network": [{ net: "x" }, 'at.net is "x": expected a network'],
    "a number for a network": [{ net: 1 }, "at.net is 1: expected a network"],
    "a group's address": [
      { mac: "01:00:00:00:00:00" },
      'at.mac is "01:00:00:00:00:00": expected a unicast hardware address ' +
      "such as 02:00:00:00:00:01",
    ],
    "no link's name": [
      { link: "a/b" },
      'at.link is "a/b", but an interface name contains / or : or ' +
      'whitespace characters: expected 1 to 15 bytes such as "cni0"',
    ],
    "no object": [{ open: [] }, "at.open is []: expected an object"],
    "wrong in an object": [
      { range: { id: 0 } },
      "at.range.id is 0: expected a whole number from 1",
    ],
    "no list": [{ names: "a" }, 'at.names is "a": expected a list'],
    "wrong in a list": [
      { names: ["a", 1] },
      "at.names[1] is 1: expected a string",
    ],
    "null in a list": [
      { names: [null] },
      "at.names[0] is null: expected a string",
    ],
    "nothing in a list": [
      { names: [""] },
      'at.names[0] is "": expected a string',
    ],
  };
  for (const [why, [object, details]] of Object.entries(cases)) {
    await t.step(why, () => {
      const error = assertThrows(() => read(object), CniError);
      assertEquals([error.code, error.details], [7, details]);
    });
  }
});

Deno.test("mappedKey() makes a value of what is there, or refuses it", () => {
  const pair = fieldsKey(
    { a: integerKey({ description }), b: integerKey({ description }) },
    { description },
  );
  const key = mappedKey(pair, ({ a, b }, path) => {
    if (a === b) throw new CniError(7, `Cannot use ${path}`);
    return (a ?? 0) + (b ?? 0);
  });
  assertEquals(key.read({ a: 1, b: 2 }, "x"), 3);
  assertEquals(key.read(undefined, "x"), undefined);
  assertThrows(() => key.read({ a: 1, b: 1 }, "x"), CniError, "x");
});

Deno.test("integerKey() tells the bounds that a schema can", async (t) => {
  const zero = "the default";
  const cases: Record<string, readonly [object, readonly unknown[]]> = {
    "none": [{}, [undefined, undefined]],
    "both": [{ min: 68, max: 9000 }, [68, 9000]],
    "zero besides": [{ min: 68, max: 9000, zero }, [0, 9000]],
    "zero within": [{ min: -5, zero }, [-5, undefined]],
    "zero alone": [{ zero }, [0, undefined]],
  };
  for (const [why, [facts, expected]] of Object.entries(cases)) {
    await t.step(why, () => {
      const { min, max } = integerKey({ description, ...facts });
      assertEquals([min, max], expected);
    });
  }
});

Deno.test("a key that is required refuses to be absent", async (t) => {
  const missing = { message: "no b", details: "give one" };
  const keys = {
    a: integerKey({ description, isRequired: true, min: 1 }),
    b: stringKey({ description, isRequired: true, missing }),
  };
  const cases: Record<string, readonly [JsonObject, string]> = {
    "absent": [
      { b: "x" },
      "Cannot use a; a is nothing: expected a whole number from 1",
    ],
    "null": [
      { a: null, b: "x" },
      "Cannot use a; a is nothing: expected a whole number from 1",
    ],
    "in its own words": [{ a: 1 }, "no b; give one"],
    "an empty text": [{ a: 1, b: "" }, "no b; give one"],
  };
  for (const [why, [object, text]] of Object.entries(cases)) {
    await t.step(why, () => {
      const error = assertThrows(() => readKeys(new Fields(object), keys));
      assertEquals(String(error), text);
    });
  }
});

Deno.test("readRuntimeConfig() and readArgs() read where runtimes write", () => {
  const keys = { mtu: integerKey({ description }) };
  const none = { mtu: undefined };
  assertEquals(readRuntimeConfig(new Fields({}), keys), none);
  assertEquals(readArgs(new Fields({ args: {} }), keys), none);
  const fields = new Fields({
    runtimeConfig: { mtu: 1 },
    args: { cni: { mtu: "x" } },
  });
  assertEquals(readRuntimeConfig(fields, keys), { mtu: 1 });
  assertThrows(() => readArgs(fields, keys), CniError, "args.cni.mtu");
});
