import { assertEquals } from "@std/assert";
import {
  bridgeConfig,
  callPlugin,
  type Host,
  hostLocal,
  IS_RESIDENT,
  kernelTest,
  linkNamesIn,
  mustCall,
  SUBNET4,
} from "./_harness.ts";

/** Calls of a daemon have the daemon's process id. */
const NEEDS = {
  unless: () => IS_RESIDENT ? "names a namespace like the plugin" : undefined,
};

/**
 * Words that start a plugin beside a namespace whose name is the plugin's
 * process id, as where namespaces have numbers for names.
 */
function besideItsNumber(host: Host): readonly string[] {
  const notes = `${host.scratchDir}/numbers`;
  host.defer(async () => {
    for (const id of (await Deno.readTextFile(notes)).split("\n")) {
      if (id !== "") await host.run(["ip", "netns", "del", id]);
    }
  });
  const script = `echo $$ >>${notes}; ip netns add $$; exec "$@"`;
  return ["sh", "-c", script, "sh"];
}

for (const [why, isTaken] of [["", false], [", its name taken", true]]) {
  kernelTest(
    `host-device: DEL gives the device to the host, not to a number${why}`,
    async (host) => {
      await host.ip("link add d0 type veth peer name far0");
      const sandbox = await host.addSandbox();
      const config = bridgeConfig(host, {
        type: "host-device",
        device: "d0",
        ipam: null,
      });
      await mustCall(host, "host-device", { config, sandbox });
      if (isTaken) await host.ip("link add name d0 type bridge");
      const wrapper = besideItsNumber(host);
      const call = { command: "DEL", config, sandbox, wrapper };
      const { status } = await callPlugin(host, "host-device", call);
      assertEquals(status, 0);
      const names = isTaken ? ["dev0", "far0", "d0"] : ["d0", "far0"];
      const found = (await linkNamesIn(host)).filter((one) => one !== "lo");
      assertEquals(found.toSorted(), names.toSorted());
    },
    NEEDS,
  );
}

kernelTest(
  "host-device: a failed ADD takes the device back past a number",
  async (host) => {
    await host.ip("link add d0 type veth peer name far0");
    const sandbox = await host.addSandbox();
    const routes = [{ dst: "198.51.100.0/24", gw: "203.0.113.1" }];
    const config = bridgeConfig(host, {
      type: "host-device",
      device: "d0",
      ipam: hostLocal(host, [SUBNET4], { routes }),
    });
    const wrapper = besideItsNumber(host);
    const call = { config, sandbox, wrapper };
    const { status } = await callPlugin(host, "host-device", call);
    assertEquals(status, 1);
    assertEquals((await linkNamesIn(host)).includes("d0"), true);
    assertEquals(await linkNamesIn(sandbox), ["lo"]);
  },
  NEEDS,
);

for (const [type, keys] of Object.entries({ bridge: {}, ptp: {} })) {
  kernelTest(
    `${type}: a relative CNI_NETNS without a slash is a path, too`,
    async (host) => {
      const sandbox = await host.addSandbox();
      await Deno.symlink(sandbox.path, `${host.scratchDir}/17`);
      const script = `cd '${host.scratchDir}'; exec "$@"`;
      const call = {
        config: bridgeConfig(host, { type, ...keys }),
        containerId: sandbox.containerId,
        netns: "17",
        wrapper: ["sh", "-c", script, "sh"],
      };
      await mustCall(host, type, call);
      assertEquals(await linkNamesIn(sandbox), ["lo", "eth0"]);
      await mustCall(host, type, { ...call, command: "DEL" });
      assertEquals(await linkNamesIn(sandbox), ["lo"]);
    },
    NEEDS,
  );
}
