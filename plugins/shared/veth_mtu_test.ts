import { assertEquals, assertThrows } from "@std/assert";
import { CniCode, CniError, type Json } from "../../lib/spec/mod.ts";
import { vethMtuKey } from "./veth_mtu.ts";

const KEY = vethMtuKey("The pair");
const read = (value: Json) => KEY.read(value, "mtu");

Deno.test("vethMtuKey() takes the kernel's bounds, and all below 1 as 0", () => {
  const values = [68, 1500, 65535, 0, -1, -65536];
  assertEquals(values.map(read), [68, 1500, 65535, 0, 0, 0]);
  assertEquals([KEY.default, KEY.min, KEY.max], [0, undefined, 65535]);
});

Deno.test("vethMtuKey() refuses what the kernel would", () => {
  for (const value of [1, 67, 65536, 0.5, -0.5, -1e300, "1500", true]) {
    const error = assertThrows(() => read(value), CniError);
    assertEquals(error.code, CniCode.InvalidConfig, `${value}`);
  }
});
