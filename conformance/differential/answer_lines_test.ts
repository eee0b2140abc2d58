import { assertEquals } from "@std/assert";
import type { CallRecord } from "../suite/mod.ts";
import { answerLines } from "./answer_lines.ts";

function lines(keys: Partial<CallRecord>): readonly string[] {
  return answerLines({
    ...{ program: "", env: {}, stdin: "", status: 0, stdout: "", stderr: "" },
    ...{ timedOut: false, timeMs: 0 },
    ...keys,
  });
}

Deno.test("answerLines() compares results value by value", () => {
  const stdout = `{"ips":[{"address":"10.0.0.2/24"}],"cniVersion":"1.0.0",
    "dns":{},"routes":[]}`;
  assertEquals(lines({ stdout }), [
    "exit status 0",
    'cniVersion: "1.0.0"',
    'ips[0].address: "10.0.0.2/24"',
  ]);
});

Deno.test("answerLines() compares errors by their code alone", () => {
  const stdout =
    `{"cniVersion":"1.0.0","code":7,"msg":"no","details":"at all"}`;
  assertEquals(lines({ status: 1, stdout }), ["exit status 1", "code 7"]);
});

Deno.test("answerLines() tells what is no answer", () => {
  assertEquals(lines({ stdout: "oops\n", status: 2 }), [
    "exit status 2",
    "not JSON: oops",
  ]);
  assertEquals(lines({ timedOut: true, status: 137 }), ["does not end"]);
});
