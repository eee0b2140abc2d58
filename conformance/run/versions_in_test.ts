import { assertEquals } from "@std/assert";
import { versionsIn } from "./versions_in.ts";

Deno.test("versionsIn() reads an answer to VERSION", async (t) => {
  const unknown = '{"code":4,"msg":"unknown CNI_COMMAND: VERSION"}';
  const cases: Record<string, readonly [number, string, readonly string[]]> = {
    "a list": [
      0,
      '{"cniVersion":"1.0.0","supportedVersions":["0.4.0","1.0.0"]}',
      ["0.4.0", "1.0.0"],
    ],
    "a plugin of 0.1.0": [1, unknown, ["0.1.0"]],
    "another error": [1, '{"code":4,"msg":"no"}', []],
    "an error that is no JSON": [1, "no", []],
    "nothing": [0, "", []],
    "no list": [0, '{"cniVersion":"1.0.0"}', []],
    "no versions": [0, '{"cniVersion":"1.0.0","supportedVersions":[1]}', []],
  };
  for (const [why, [status, stdout, expected]] of Object.entries(cases)) {
    await t.step(why, () => {
      assertEquals(versionsIn({ status, stdout }), expected);
    });
  }
});
