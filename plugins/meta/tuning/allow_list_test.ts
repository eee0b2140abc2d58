import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { refuseOthers } from "./allow_list.ts";

function sysctl(name: string) {
  return { name, path: "net/a", value: "1" };
}

Deno.test("refuseOthers() compares names as they are written", () => {
  const text = "\n  ^net\\.core\\.  \r\n\n^net/ipv4/IFNAME$\n";
  refuseOthers([sysctl("net.core.a"), sysctl("net/ipv4/IFNAME")], text);
  for (const name of ["net/core/a", "net.ipv4.IFNAME", "net/ipv4/eth0"]) {
    const error = assertThrows(
      () => refuseOthers([sysctl("net.core.a"), sysctl(name)], text),
      CniError,
    );
    assertEquals(error.code, CniCode.InvalidConfig);
    assertEquals(
      error.message,
      `Sysctl ${name} is not allowed. Only the following sysctls are ` +
        "allowed: [^net\\.core\\. ^net/ipv4/IFNAME$]",
    );
  }
});

Deno.test("refuseOthers() allows nothing by an empty file", () => {
  refuseOthers([], "");
  assertThrows(() => refuseOthers([sysctl("net.a")], "\n"), CniError);
});

Deno.test("refuseOthers() names a line that is no expression", () => {
  const error = assertThrows(
    () => refuseOthers([sysctl("net.a")], "net\n(\n"),
    CniError,
  );
  assertEquals(error.code, CniCode.InvalidConfig);
  assertStringIncludes(error.details, '"("');
});
