import { assertEquals, assertNotEquals } from "@std/assert";
import {
  type Any,
  callPlugin,
  type Host,
  kernelTest,
  mustCall,
  portmapConfig,
  portRulesOf,
  published,
  type Sandbox,
} from "./_harness.ts";

/** The steps of a call, as its trace tells them; the last is the call itself. */
async function programsOf(
  host: Host,
  plugin: string,
  call: Any,
): Promise<readonly string[]> {
  const output = await callPlugin(host, plugin, {
    ...call,
    env: { CNI_TRACE: "1" },
  });
  assertEquals(output.status, 0, output.stdout);
  const lines = output.stderr.trimEnd().split("\n");
  assertEquals(lines.at(-1)?.endsWith(`${plugin} ${call.command}`), true);
  return lines.slice(0, -1);
}

function configOf(host: Host, sandbox: Sandbox, type: string, keys: object) {
  const { runtimeConfig: _, ...config } = portmapConfig(host, sandbox);
  return { ...config, type, ...keys };
}

/** Plugins that are to do nothing, by their keys. */
const IDLE: Record<string, readonly [string, object]> = {
  "portmap without mappings": ["portmap", {}],
  "portmap with an empty list": [
    "portmap",
    { runtimeConfig: { portMappings: [] } },
  ],
  "portmap by nft": ["portmap", { backend: "nftables" }],
  "portmap without a result": ["portmap", { prevResult: undefined }],
  "bandwidth without rates": ["bandwidth", {}],
  "bandwidth with rates of nothing": [
    "bandwidth",
    { ingressRate: 0, ingressBurst: 0 },
  ],
  "bandwidth without a result": ["bandwidth", { prevResult: undefined }],
  "tuning": ["tuning", {}],
  "tuning of what has no note": ["tuning", { mtu: 1400 }],
};

kernelTest(
  "DEL with nothing to undo starts no program",
  async (host, t) => {
    for (const [why, [plugin, keys]] of Object.entries(IDLE)) {
      await t.step(why, async () => {
        const sandbox = await host.addSandbox();
        const config = configOf(host, sandbox, plugin, keys);
        const call = { command: "DEL", config, sandbox };
        assertEquals(await programsOf(host, plugin, call), []);
        const gone = { ...call, netns: "/run/netns/gone" };
        assertEquals(await programsOf(host, plugin, gone), []);
      });
    }
  },
);

kernelTest(
  "portmap: DEL without mappings looks only where an ADD has mapped any",
  async (host, t) => {
    let port = 0;
    const attach = async () => {
      const sandbox = await host.addSandbox();
      const portMappings = [published(++port, 80)];
      const config = portmapConfig(host, sandbox, { portMappings });
      await mustCall(host, "portmap", { config, sandbox });
      const idle = configOf(host, sandbox, "portmap", {});
      const note = `/run/cni/portmap/${sandbox.containerId}_eth0`;
      assertEquals(await Deno.readTextFile(note), host.network);
      return { sandbox, config, note, del: { command: "DEL", config: idle } };
    };
    await t.step("by its note", async () => {
      const { sandbox, del } = await attach();
      const call = { ...del, sandbox };
      assertNotEquals(await programsOf(host, "portmap", call), []);
      assertEquals(await portRulesOf(host), []);
      assertEquals(await programsOf(host, "portmap", call), []);
    });
    await t.step("and needs none where there are mappings", async () => {
      const { sandbox, config, note } = await attach();
      await Deno.remove(note);
      await mustCall(host, "portmap", { command: "DEL", config, sandbox });
      assertEquals(await portRulesOf(host), []);
    });
    await t.step("GC forgets it", async () => {
      const { note } = await attach();
      const valid = await attach();
      const { containerId } = valid.sandbox;
      await mustCall(host, "portmap", {
        command: "GC",
        config: {
          cniVersion: "1.1.0",
          name: host.network,
          type: "portmap",
          "cni.dev/valid-attachments": [
            { containerID: containerId, ifname: "eth0" },
          ],
        },
      });
      const isThere = (path: string) =>
        Deno.stat(path).then(() => true, () => false);
      assertEquals([await isThere(note), await isThere(valid.note)], [
        false,
        true,
      ]);
    });
    await t.step("an ADD that fails leaves none", async () => {
      const sandbox = await host.addSandbox();
      const config = portmapConfig(host, sandbox, {
        conditionsV4: ["--none"],
      });
      const call = { config, sandbox };
      assertEquals((await callPlugin(host, "portmap", call)).status, 1);
      const del = {
        command: "DEL",
        config: configOf(host, sandbox, "portmap", {}),
        sandbox,
      };
      assertEquals(await programsOf(host, "portmap", del), []);
    });
  },
  { needs: ["iptables", "ip6tables", "nft"] },
);
