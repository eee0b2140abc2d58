import { assertEquals, assertThrows } from "@std/assert";
import { CniError } from "../../../lib/spec/mod.ts";
import { flannelConfig, SUBNET } from "./_testing.ts";
import { platformFor } from "./platform.ts";

Deno.test("platformFor() generates for the system", () => {
  const typeOn = (os: "linux" | "windows") =>
    platformFor(os).delegateConfig(flannelConfig(), SUBNET).type;
  assertEquals(typeOn("linux"), "bridge");
  assertEquals(typeOn("windows"), "win-bridge");
});

Deno.test("platformFor() names a container's state", async (t) => {
  const cases: Record<string, readonly ["linux" | "windows", string, string]> =
    {
      "Linux": ["linux", "/run/netns/a:b", "c1"],
      "Windows, a sandbox": ["windows", "none", "c1"],
      "Windows, no namespace": ["windows", "", "c1"],
      "Windows, an id of a namespace": ["windows", "4a3c-11", "c1"],
      "Windows, a container of a pod": ["windows", "container:s1", "s1"],
    };
  for (const [why, [os, netns, expected]] of Object.entries(cases)) {
    await t.step(why, () => {
      const name = platformFor(os).stateName({ containerId: "c1", netns });
      assertEquals(name, expected);
    });
  }
  await t.step("Windows, a way out of the folder", () => {
    const call = { containerId: "c1", netns: "container:../x" };
    assertThrows(() => platformFor("windows").stateName(call), CniError);
  });
});
