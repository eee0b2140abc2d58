import { assertEquals } from "@std/assert";
import { nearestE2e } from "./nearest_e2e.ts";

const FILES = [
  "plugins/main/bridge/config_test.ts",
  "tests/e2e/_harness.ts",
  "tests/e2e/bridge_lifecycle_kernel_test.ts",
  "tests/e2e/bridge_vlan_kernel_test.ts",
  "tests/e2e/host_device_kernel_test.ts",
  "tests/e2e/portmap_kernel_test.ts",
  "tests/e2e/ptp_kernel_test.ts",
  "tests/e2e/tool_add_kernel_test.ts",
  "tests/make_install_test.ts",
];

Deno.test("nearestE2e() goes by the names of folders", async (t) => {
  const [lifecycle, vlan, hostDevice, portmap, ptp, tool, made] = FILES.slice(
    2,
  );
  const cases: Record<string, readonly (string | undefined)[]> = {
    "plugins/main/bridge/config.ts": [lifecycle, vlan],
    "plugins/main/host-device/steps.ts": [hostDevice],
    "plugins/shared/settled.ts": [lifecycle, ptp],
    "lib/firewall/nft.ts": [lifecycle, portmap, ptp],
    "lib/linux/step.ts": [ptp],
    "lib/state/lock_linux.ts": [lifecycle, portmap],
    "tool/netns_linux.ts": [tool],
    "tool/netns.ts": [],
    "scripts/build.ts": [made],
    "lib/net/cidr.ts": [],
  };
  for (const [file, expected] of Object.entries(cases)) {
    await t.step(file, () => {
      assertEquals(nearestE2e(file, FILES), expected);
    });
  }
});
