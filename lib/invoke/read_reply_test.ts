import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { CniCode, CniError } from "../spec/mod.ts";
import { checkReply, readAddReply } from "./read_reply.ts";

const ok = (stdout: string) => ({ status: 0, stdout, stderr: "" });

Deno.test("checkReply() passes success, whatever was printed", () => {
  checkReply(ok(""));
  checkReply(ok("noise"));
});

Deno.test("checkReply() throws the plugin's own error", () => {
  const stdout = '{"cniVersion":"1.1.0","code":11,"msg":"full","details":"d"}';
  const error = assertThrows(
    () => checkReply({ status: 1, stdout, stderr: "log" }),
    CniError,
  );
  assertEquals([error.code, error.message, error.details], [11, "full", "d"]);
});

Deno.test("checkReply() explains a failure without error object", async (t) => {
  const cases = {
    "silent": [
      { status: 4, stdout: "", stderr: "" },
      "netplugin failed with no error message: exit status 4",
      "",
    ],
    "killed": [
      { status: 137, stdout: "", stderr: "", signal: "SIGKILL" },
      "netplugin failed with no error message: signal: killed",
      "",
    ],
    "stderr only": [
      { status: 2, stdout: "", stderr: "panic:\n" },
      'netplugin failed: "panic:\\n": exit status 2',
      "",
    ],
    "both, and no JSON": [
      { status: 1, stdout: "oops", stderr: "why" },
      'netplugin failed but error parsing its diagnostic message "oops"',
      'stderr was "why"',
    ],
    "JSON, but no object": [
      { status: 1, stdout: "[1]", stderr: "" },
      "found an array instead of a JSON object",
      "stderr was nothing",
    ],
  } as const;
  for (const [why, [reply, message, details]] of Object.entries(cases)) {
    await t.step(why, () => {
      const error = assertThrows(() => checkReply(reply), CniError);
      assertEquals(error.code, CniCode.Unknown);
      assertStringIncludes(error.message, message);
      assertStringIncludes(error.details, details);
    });
  }
});

Deno.test("checkReply() cuts endless garbage", () => {
  const reply = { status: 1, stdout: "x".repeat(1e6), stderr: "" };
  const error = assertThrows(() => checkReply(reply), CniError);
  assertEquals(error.message.length < 1500, true);
});

Deno.test("readAddReply() reads every family of versions", async (t) => {
  const ips = [{ address: "10.0.0.2/24" }];
  for (const cniVersion of ["0.1.0", "0.2.0"]) {
    await t.step(cniVersion, () => {
      const json = { cniVersion, ip4: { ip: "10.0.0.2/24" } };
      assertEquals(readAddReply(ok(JSON.stringify(json)), cniVersion), {
        result: { ips },
        cniVersion,
        json,
      });
    });
  }
  for (const cniVersion of ["0.3.0", "0.3.1", "0.4.0"]) {
    await t.step(cniVersion, () => {
      const json = {
        cniVersion,
        ips: [{ version: "4", address: "10.0.0.2/24" }],
      };
      assertEquals(readAddReply(ok(JSON.stringify(json)), cniVersion), {
        result: { ips },
        cniVersion,
        json,
      });
    });
  }
  for (const cniVersion of ["1.0.0", "1.1.0"]) {
    await t.step(cniVersion, () => {
      const json = { cniVersion, ips };
      assertEquals(readAddReply(ok(JSON.stringify(json)), cniVersion), {
        result: { ips },
        cniVersion,
        json,
      });
    });
  }
});

Deno.test("readAddReply() settles the version of a result", async (t) => {
  const cases: Record<string, [string, string, string]> = {
    "its own beats the configuration's": [
      '{"cniVersion":"0.4.0"}',
      "1.0.0",
      "0.4.0",
    ],
    "missing": ["{}", "1.0.0", "1.0.0"],
    "empty": ['{"cniVersion":""}', "1.0.0", "1.0.0"],
    "no text": ['{"cniVersion":1}', "1.0.0", "1.0.0"],
    "null": ["null", "1.1.0", "1.1.0"],
    "neither says": ["{}", "", "0.1.0"],
  };
  for (
    const [why, [stdout, configVersion, expected]] of Object.entries(cases)
  ) {
    await t.step(why, () => {
      const { cniVersion, json } = readAddReply(ok(stdout), configVersion);
      assertEquals([cniVersion, json.cniVersion], [expected, expected]);
    });
  }
});

Deno.test("readAddReply() refuses what is no result", async (t) => {
  const { DecodingFailure, IncompatibleVersion, TryAgainLater } = CniCode;
  const cases: Record<string, [string, number]> = {
    "empty": ["", DecodingFailure],
    "garbage": ["done!", DecodingFailure],
    "array": ["[]", DecodingFailure],
    "an address that is none": [
      '{"ips":[{"address":"x"}]}',
      DecodingFailure,
    ],
    "an address that is missing": ['{"ips":[{}]}', DecodingFailure],
    "a version that is none": ['{"cniVersion":"9.9.9"}', IncompatibleVersion],
    "an error with status 0": ['{"code":11,"msg":"later"}', TryAgainLater],
  };
  for (const [why, [stdout, code]] of Object.entries(cases)) {
    await t.step(why, () => {
      const read = () => readAddReply(ok(stdout), "1.1.0");
      assertEquals(assertThrows(read, CniError).code, code);
    });
  }
});
