import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { type Address, parseAddress } from "../../../lib/net/mod.ts";
import { CniError, Fields, type JsonObject } from "../../../lib/spec/mod.ts";
import { configWith } from "./_testing.ts";
import { tableOf } from "./config.ts";

Deno.test("parseSbrConfig() reads every key", () => {
  assertEquals(configWith({ Table: 4294967295 }), {
    table: 4294967295,
    gateways: new Map(),
    addSourceHints: false,
  });
  const gateways = ["fd00::1", "10.0.0.1"];
  assertEquals(configWith({ gateways, addSourceHints: true }), {
    table: undefined,
    gateways: new Map<4 | 6, Address>([
      [6, parseAddress("fd00::1")],
      [4, parseAddress("10.0.0.1")],
    ]),
    addSourceHints: true,
  });
});

Deno.test("parseSbrConfig() has defaults for what is absent", () => {
  const none = {
    table: undefined,
    gateways: new Map(),
    addSourceHints: false,
  };
  assertEquals(configWith({}), none);
  const nulls = { table: null, gateways: null, addSourceHints: null };
  assertEquals(configWith(nulls), none);
});

Deno.test("parseSbrConfig() names key, value and remedy", async (t) => {
  const cases: Record<string, [JsonObject, ...string[]]> = {
    "table as text": [{ table: "100" }, "table", '"100"'],
    "table 0": [{ table: 0 }, "table", "0", "from 1"],
    "half a table": [{ table: 1.5 }, "table", "1.5"],
    "table too high": [{ table: 2 ** 32 }, "table", "4294967296"],
    "one gateway as text": [{ gateways: "10.0.0.1" }, "gateways", "a list"],
    "gateway of another type": [{ gateways: [1] }, "gateways[0]", "1"],
    "no gateway": [{ gateways: ["x"] }, "gateways[0]", '"x"'],
    "gateway with length": [{ gateways: ["10.0.0.1/24"] }, "gateways[0]"],
    "unspecified gateway": [{ gateways: ["0.0.0.0"] }, "gateways[0]"],
    "multicast gateway": [{ gateways: ["ff02::1"] }, "gateways[0]"],
    "two of one family": [
      { gateways: ["10.0.0.1", "10.0.0.2"] },
      "gateways[1]",
      "10.0.0.2",
      "10.0.0.1 is there already",
    ],
    "three": [
      { gateways: ["10.0.0.1", "fd00::1", "fd00::1"] },
      "gateways[2]",
    ],
    "hints as text": [{ addSourceHints: "yes" }, "addSourceHints", '"yes"'],
    "hints beside a table": [
      { table: 100, addSourceHints: true },
      "table and addSourceHints",
      "remove one",
    ],
    "gateways beside a table": [
      { table: 100, gateways: ["10.0.0.1"] },
      "table and gateways",
      "remove one",
    ],
  };
  for (const [why, [keys, ...parts]] of Object.entries(cases)) {
    await t.step(why, () => {
      const error = assertThrows(() => configWith(keys), CniError);
      assertEquals(error.code, 7);
      for (const part of parts) assertStringIncludes(String(error), part);
    });
  }
});

Deno.test("tableOf() takes what is there for a DEL", () => {
  assertEquals(tableOf(new Fields({ table: 100 })), 100);
  for (const table of ["100", 1.5, null, {}]) {
    assertEquals(tableOf(new Fields({ table })), undefined);
  }
});
