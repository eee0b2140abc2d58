import { assertEquals, assertThrows } from "@std/assert";
import { CniError, type JsonObject } from "../spec/mod.ts";
import { convertResult } from "./convert_result.ts";

const OLD: JsonObject = { ip4: { ip: "10.0.0.2/24" }, dns: {} };
const NEW: JsonObject = {
  cniVersion: "1.1.0",
  ips: [{ address: "10.0.0.2/24" }],
};

Deno.test("convertResult() takes no version for 0.1.0", async (t) => {
  const cases: Record<string, readonly [JsonObject, string, JsonObject]> = {
    "none, for none": [OLD, "", OLD],
    "none, for 0.1.0": [OLD, "0.1.0", OLD],
    "an empty one, for none": [{ ...OLD, cniVersion: "" }, "", {
      ...OLD,
      cniVersion: "",
    }],
    "none, for another": [OLD, "1.1.0", NEW],
    "an empty one, for another": [{ ...OLD, cniVersion: "" }, "1.1.0", NEW],
    "another, for none": [NEW, "", { ...OLD, cniVersion: "0.1.0" }],
  };
  for (const [why, [object, version, expected]] of Object.entries(cases)) {
    await t.step(why, () => {
      assertEquals(convertResult(object, version), expected);
    });
  }
});

Deno.test("convertResult() leaves what has the version as it is", () => {
  const result = { ...NEW, "example.com/own": 1 };
  assertEquals(convertResult(result, "1.1.0"), result);
  const broken = { ...NEW, ips: "10.0.0.2/24" };
  assertThrows(() => convertResult(broken, "1.1.0"), CniError);
});
