import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { fakeIp, requestWith } from "../../shared/testing/mod.ts";
import { parseTapConfig } from "./config.ts";
import { requireSandboxBridge } from "./sandbox_bridge_linux.ts";

/** Requires a bridge of a container; returns how often its name was asked. */
async function require(bridge: string | undefined): Promise<number> {
  const request = requestWith(bridge === undefined ? {} : { bridge });
  const { run, commands } = fakeIp({
    links: [
      { ifname: "br0", linkinfo: { info_kind: "bridge" } },
      { ifname: "d0", linkinfo: { info_kind: "dummy" } },
      { ifname: "eth1" },
    ],
  });
  let asked = 0;
  await requireSandboxBridge(request, {
    config: parseTapConfig(request),
    run,
    requireFreeName: () => {
      assertEquals(commands, []);
      asked++;
      return Promise.resolve();
    },
  });
  return asked;
}

Deno.test("requireSandboxBridge() looks for the bridge, if one is named", async () => {
  assertEquals(await require(undefined), 0);
  assertEquals(await require("br0"), 1);
  const others = [["d0", "dummy"], ["eth1", "physical"], ["none", ""]] as const;
  for (const [name, kind] of others) {
    const error = await assertRejects(() => require(name), CniError);
    assertEquals(error.code, CniCode.InvalidConfig);
    assertStringIncludes(error.details, kind);
  }
});
