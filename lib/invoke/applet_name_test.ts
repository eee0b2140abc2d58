import { assertEquals } from "@std/assert";
import { appletName } from "./applet_name.ts";

Deno.test("appletName() goes by the system", async (t) => {
  const cases: Record<string, readonly [string, string, string]> = {
    "a bare name": ["cni", "cni", "cni"],
    "a path": ["/opt/cni/bin/host-local", "host-local", "host-local"],
    "an ending": ["host-local.exe", "host-local.exe", "host-local"],
    "as Windows may write it": [
      "C:\\cni\\FLANNEL.Exe",
      "C:\\cni\\FLANNEL.Exe",
      "flannel",
    ],
    "both slashes": ["C:\\cni/bin\\sample", "bin\\sample", "sample"],
  };
  for (const [why, [path, onLinux, onWindows]] of Object.entries(cases)) {
    await t.step(why, () => {
      assertEquals(appletName(path, "linux"), onLinux);
      assertEquals(appletName(path, "windows"), onWindows);
    });
  }
});
