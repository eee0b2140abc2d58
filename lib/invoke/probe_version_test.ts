import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { CniCode, CniError } from "../spec/mod.ts";
import { createInvoker } from "./invoker.ts";
import { probeVersion, readVersionInfo } from "./probe_version.ts";
import { testPlugins } from "./_testing.ts";

Deno.test({
  name: "probeVersion() asks a plugin, and understands those before VERSION",
  ignore: Deno.build.os === "windows",
  async fn() {
    using plugins = testPlugins();
    plugins.add(
      "new",
      'test "$CNI_COMMAND" = VERSION || exit 1; ' +
        `echo '{"cniVersion":"1.1.0","supportedVersions":["1.0.0"]}'`,
    );
    plugins.add(
      "old",
      `echo '{"code":4,"msg":"unknown CNI_COMMAND: VERSION"}'; exit 1`,
    );
    plugins.add("broken", `echo '{"code":5,"msg":"no"}'; exit 1`);
    const invoker = createInvoker({ warn: () => {} });
    const probe = (type: string) =>
      probeVersion(invoker, type, { path: plugins.folder });
    assertEquals(await probe("new"), {
      cniVersion: "1.1.0",
      supportedVersions: ["1.0.0"],
    });
    assertEquals((await probe("old")).supportedVersions, ["0.1.0"]);
    const error = await assertRejects(() => probe("broken"), CniError);
    assertEquals(error.code, 5);
  },
});

Deno.test("readVersionInfo() reads 0.2.0, which had no list", () => {
  assertEquals(readVersionInfo('{"cniVersion":"0.2.0"}').supportedVersions, [
    "0.1.0",
    "0.2.0",
  ]);
});

Deno.test("readVersionInfo() refuses other replies", async (t) => {
  const cases: Record<string, [string, string]> = {
    "no JSON": ["hello", "decoding version info: "],
    "no version": ["{}", "decoding version info: missing field cniVersion"],
    "no list": [
      '{"cniVersion":"1.0.0","supportedVersions":[]}',
      "decoding version info: missing field supportedVersions",
    ],
  };
  for (const [why, [stdout, message]] of Object.entries(cases)) {
    await t.step(why, () => {
      const read = () => readVersionInfo(stdout);
      const error = assertThrows(read, CniError, message);
      assertEquals(error.code, CniCode.DecodingFailure);
    });
  }
});
