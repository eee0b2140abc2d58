import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { fakeIp } from "../../shared/testing/mod.ts";
import { requireSpoofCheck } from "./require_spoof_check_linux.ts";

Deno.test("requireSpoofCheck() tries nft without a change", async () => {
  const { run, commands } = fakeIp({});
  await requireSpoofCheck(run);
  assertEquals(commands, [{
    program: "nft",
    args: ["--check", "-f", "-"],
    stdin: "add table bridge nat\n",
  }]);
  const stderr = "Error: Operation not supported\n";
  const refusing = fakeIp({ answer: () => ({ status: 1, stderr }) });
  const act = () => requireSpoofCheck(refusing.run);
  const error = await assertRejects(act, CniError);
  assertEquals(error.code, CniCode.NotAvailable);
  assertStringIncludes(error.details, "Operation not supported");
});
