import { assertEquals, assertThrows } from "@std/assert";
import { demandEnd, readFailure, readSuccess, shorten } from "./read_record.ts";
import type { CallRecord } from "./stage.ts";
import { Violation } from "./violation.ts";

function recordOf(more: Partial<CallRecord>): CallRecord {
  return {
    program: "/f/p",
    env: { CNI_COMMAND: "ADD" },
    ...{ stdin: "{}", status: 0, stdout: "", stderr: "" },
    ...{ timedOut: false, timeMs: 1234 },
    ...more,
  };
}

Deno.test("demandEnd() refuses what did not end by itself", async (t) => {
  const cases: Record<string, readonly [Partial<CallRecord>, string]> = {
    "too late": [{ timedOut: true, status: 137 }, "did not end within 1 s"],
    "far too late": [
      { timedOut: true, status: 137, timeMs: 600_000 },
      "did not end within 600 s",
    ],
    "a signal": [{ status: 139 }, "ended by signal 11"],
    "not started": [
      { status: 126, stderr: "nsenter: failed to execute /f/p" },
      "cannot be started",
    ],
  };
  for (const [why, [more, message]] of Object.entries(cases)) {
    await t.step(why, () => {
      assertThrows(() => demandEnd(recordOf(more)), Violation, message);
    });
  }
  // Plugins may use these statuses themselves.
  demandEnd(recordOf({ status: 127, stderr: "sh: not found" }));
});

Deno.test("readSuccess() reads one object or nothing", () => {
  assertEquals(readSuccess(recordOf({ stdout: ' {"ips":[]}\n' })), { ips: [] });
  assertEquals(readSuccess(recordOf({ stdout: "\n" })), undefined);
});

Deno.test("readSuccess() refuses all else", async (t) => {
  const cases: Record<string, readonly [Partial<CallRecord>, string]> = {
    "a status": [{ status: 1, stderr: "why\n" }, "status 1: why"],
    "text": [{ stdout: "done" }, "is not one JSON object: done"],
    "two objects": [{ stdout: "{}{}" }, "is not one JSON object"],
    "a list": [{ stdout: "[]" }, "is not one JSON object"],
    "an error": [{ stdout: '{"code":7,"msg":"x"}' }, "writes an error object"],
  };
  for (const [why, [more, message]] of Object.entries(cases)) {
    await t.step(why, () => {
      assertThrows(() => readSuccess(recordOf(more)), Violation, message);
    });
  }
});

Deno.test("readFailure() reads an error object, and refuses all else", async (t) => {
  const error = { code: 7, msg: "no", details: "never" };
  const stdout = JSON.stringify(error);
  assertEquals(readFailure(recordOf({ status: 1, stdout })), error);
  assertEquals(readFailure(recordOf({ status: 1, stdout }), [7]), error);
  const cases: Record<string, readonly [Partial<CallRecord>, string]> = {
    "status 0": [{ status: 0, stdout }, "succeeded where it had to fail"],
    "no object": [{ stdout: "" }, "without an error object"],
    "text": [{ stdout: "no" }, "is not one JSON object"],
    "no code": [{ stdout: '{"msg":"x"}' }, "code is absent"],
    "code 0": [{ stdout: '{"code":0,"msg":"x"}' }, "code is 0"],
    "code as text": [{ stdout: '{"code":"7","msg":"x"}' }, 'code is "7"'],
    "no msg": [{ stdout: '{"code":7}' }, "msg is absent"],
    "another code": [{ stdout: '{"code":6,"msg":"x"}' }, "expected 7"],
  };
  for (const [why, [more, message]] of Object.entries(cases)) {
    await t.step(why, () => {
      const record = recordOf({ status: 1, ...more });
      assertThrows(() => readFailure(record, [7]), Violation, message);
    });
  }
});

Deno.test("shorten() makes one line, cut where it gets long", () => {
  assertEquals(shorten(" a\n  b\t"), "a b");
  assertEquals(shorten("abcdef", 3), "abc…");
});
