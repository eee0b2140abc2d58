import { assertEquals, assertStrictEquals } from "@std/assert";
import { SPEC_VERSIONS } from "../spec/mod.ts";
import { definePlugin } from "./define.ts";

const PARTS = {
  name: "test",
  add: () => Promise.resolve({}),
  check: () => Promise.resolve(),
  del: () => Promise.resolve(),
};

Deno.test("definePlugin() makes a plugin of every version", () => {
  assertEquals(definePlugin(PARTS), { ...PARTS, versions: SPEC_VERSIONS });
});

Deno.test("definePlugin() keeps the versions that it is told", () => {
  const versions = ["1.0.0"];
  const plugin = definePlugin({ ...PARTS, versions });
  assertStrictEquals(plugin.versions, versions);
});
