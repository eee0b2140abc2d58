import { assertEquals, assertThrows } from "@std/assert";
import { CniCode, CniError, type JsonObject } from "../../../lib/spec/mod.ts";
import { requestWith } from "../../shared/testing/mod.ts";
import { parseDataDir } from "./config.ts";

Deno.test("parseDataDir() takes dataDir, else its first name", async (t) => {
  const path = "/var/lib/cni/flannel";
  const cases: Record<string, readonly [JsonObject, string, string]> = {
    "neither": [{}, path, "dataDir"],
    "dataDir": [{ dataDir: "/a" }, "/a", "dataDir"],
    "its first name": [{ stateDir: "/b" }, "/b", "stateDir"],
    "both": [{ dataDir: "/a", stateDir: "/b" }, "/a", "dataDir"],
    "null": [{ dataDir: null, stateDir: "/b" }, "/b", "stateDir"],
  };
  for (const [why, [keys, path, key]] of Object.entries(cases)) {
    await t.step(why, () => {
      const { fields } = requestWith(keys).config;
      assertEquals(parseDataDir(fields), { path, key });
    });
  }
  const refused: readonly JsonObject[] = [{ stateDir: 7 }, { dataDir: "" }];
  for (const keys of refused) {
    await t.step(JSON.stringify(keys), () => {
      const { fields } = requestWith(keys).config;
      const error = assertThrows(() => parseDataDir(fields), CniError);
      assertEquals(error.code, CniCode.InvalidConfig);
    });
  }
});
