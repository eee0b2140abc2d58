import { assertEquals } from "@std/assert";
import { leftOut } from "./left_out.ts";

const files = [
  "lib/linux/read_link_linux.ts",
  "lib/linux/read_link_linux_test.ts",
  "lib/linux/step_test.ts",
  "plugins/main/bridge/bridge_kernel_test.ts",
  "plugins/main/bridge/bridge_test.ts",
  "plugins/meta/flannel/flannel_test.ts",
  "tests/e2e/flannel_kernel_test.ts",
];
const linuxOnly = "plugins/main/bridge\r\nplugins/main/loopback\r\n";

Deno.test("leftOut() names on Windows what needs Linux", () => {
  assertEquals(leftOut("windows", { files, linuxOnly }), [
    "plugins/main/bridge",
    "plugins/main/loopback",
    "lib/linux/read_link_linux.ts",
    "lib/linux/read_link_linux_test.ts",
    "tests/e2e/flannel_kernel_test.ts",
  ]);
});

Deno.test("leftOut() leaves nothing out on Linux", () => {
  assertEquals(leftOut("linux", { files, linuxOnly }), []);
});
