import { assertEquals, assertThrows } from "@std/assert";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { requestWith } from "../../shared/testing/mod.ts";
import { readInput } from "./read_input.ts";

const PREV_RESULT = { cniVersion: "1.1.0", ips: [{ address: "10.0.0.2/24" }] };

Deno.test({
  name: "readInput() refuses a folder that the program may not use",
  ignore: Deno.build.os === "windows",
  permissions: {
    read: ["/run/cni", "/etc/cni"],
    write: ["/run/cni"],
  },
  fn: () => {
    const read = (dataDir: string, prevResult: object = PREV_RESULT) =>
      readInput(requestWith({ dataDir, prevResult: { ...prevResult } }));
    const { before } = read("/run/cni/tuning");
    assertEquals(before.ips, PREV_RESULT.ips);
    for (const dataDir of ["/root/tuning", "/run/cni/../../root", "/etc/cni"]) {
      const error = assertThrows(() => read(dataDir), CniError);
      assertEquals(error.code, CniCode.InvalidConfig, dataDir);
    }
  },
});

Deno.test("readInput() needs the result of the plugins before", () => {
  const error = assertThrows(() => readInput(requestWith()), CniError);
  assertEquals(error.code, CniCode.InvalidConfig);
});
