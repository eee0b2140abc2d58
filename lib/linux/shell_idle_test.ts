import { assertEquals } from "@std/assert";
import { Shell } from "./shell_linux.ts";

const isLinux = Deno.build.os === "linux";
const name = "Shell.isIdle() tells when it can take more commands";
Deno.test({
  name: isLinux ? name : `${name} [skipped: needs Linux]`,
  ignore: !isLinux,
  async fn() {
    await using shell = new Shell();
    assertEquals(await shell.isIdle(), true);
    await shell.run({ program: "false", args: [] });
    assertEquals(await shell.isIdle(), true);
    // Its parent is the shell.
    const kill = ["-c", "kill -9 $PPID; sleep 1"];
    await shell.run({ program: "sh", args: kill }).catch(() => {});
    assertEquals(await shell.isIdle(), false);
  },
});
