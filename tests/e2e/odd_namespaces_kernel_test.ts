/**
 * Paths of namespaces with characters that a shell or `ip -batch` would read
 * otherwise, and with a number for a name: a call works, or fails with code 8
 * and has released nothing.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { addQuietSandbox } from "./_interface_plugin.ts";
import {
  type Any,
  attachmentsOf,
  bridgeConfig,
  callPlugin,
  type Host,
  kernelTest,
  mustCall,
  netnsStateOf,
  type PluginCall,
  type Sandbox,
} from "./_harness.ts";
import { flannelConfig, writeLease } from "./_flannel.ts";
import { addWire, macvlanConfig } from "./_macvlan.ts";
import { ptpConfig } from "./_ptp.ts";

const NAMES = [
  ...["a b", "a#b", "a'b", "a$b", "a&b", "a{b", "a}b", "a(b", "a)b"],
  "4242",
];

/** A plugin that enters the container's namespace. */
interface Entering {
  readonly needs?: readonly string[];
  /** Makes on the host what the plugin does not make itself. */
  readonly prepare?: (host: Host) => Promise<unknown>;
  /** Its configuration, as a first plugin, or after the bridge's result. */
  readonly config: (host: Host, prevResult: Any) => Record<string, unknown>;
  /** Whether it comes after a plugin that has made the interface. */
  readonly isChained?: boolean;
  /** Words for `ip` in the container that bring back what DEL does not. */
  readonly restore?: string;
}

const named = (host: Host) => ({ cniVersion: "1.0.0", name: host.network });

const PLUGINS: Record<string, Entering> = {
  bridge: { config: (host) => bridgeConfig(host) },
  ptp: {
    config: (host) => ptpConfig(host),
    needs: ["iptables", "ip6tables"],
  },
  macvlan: { config: (host) => macvlanConfig(host), prepare: addWire },
  tap: {
    config: (host) => bridgeConfig(host, { type: "tap", bridge: undefined }),
  },
  flannel: {
    config: (host) =>
      flannelConfig(host, { delegate: { bridge: host.bridge } }),
    prepare: (host) => writeLease(host),
    needs: ["iptables", "ip6tables"],
  },
  dummy: {
    config: (host) => bridgeConfig(host, { type: "dummy", bridge: undefined }),
    needs: ["link dummy"],
  },
  loopback: { config: (host) => ({ ...named(host), type: "loopback" }) },
  "host-device": {
    config: (host) => ({ ...named(host), type: "host-device", device: "d0" }),
    prepare: (host) => host.ip("link add d0 type veth peer name far0"),
  },
  tuning: {
    isChained: true,
    config: (host, prevResult) => ({
      ...{ ...named(host), type: "tuning", prevResult, mtu: 1400 },
      dataDir: `${host.dataDir}/tuning`,
    }),
  },
  sbr: {
    isChained: true,
    // The subnet's route goes to a table of its own, and with it.
    restore: "route replace 10.213.0.0/24 dev eth0 proto kernel scope link",
    config: (host, prevResult) => ({ ...named(host), type: "sbr", prevResult }),
  },
  bandwidth: {
    isChained: true,
    needs: ["tc"],
    config: (host, prevResult) => ({
      ...{ ...named(host), type: "bandwidth", prevResult },
      ...{ ingressRate: 8_000_000, ingressBurst: 80_000 },
      ...{ egressRate: 8_000_000, egressBurst: 80_000 },
    }),
  },
};

/** Gives a namespace a further path. */
async function alias(host: Host, sandbox: Sandbox, name: string) {
  const path = `${host.scratchDir}/${name}`;
  await Deno.writeTextFile(path, "");
  await host.must(["mount", "--bind", sandbox.path, path]);
  host.defer(() => host.run(["umount", path]));
  return path;
}

/** What an attachment is, in the container and on the host. */
async function stateWith(host: Host, sandbox: Sandbox) {
  const container = await netnsStateOf(sandbox);
  const rules = await sandbox.must(["sh", "-c", "ip rule; ip -6 rule"]);
  return { container, rules, host: await attachmentsOf(host) };
}

/** Calls a plugin; returns whether it has worked, and not failed with code 8. */
async function works(
  host: Host,
  plugin: string,
  call: PluginCall,
): Promise<boolean> {
  const { status, stdout } = await callPlugin(host, plugin, call);
  if (status === 0) return true;
  assertEquals(JSON.parse(stdout).code, 8, stdout);
  return false;
}

for (const [plugin, entering] of Object.entries(PLUGINS)) {
  const { needs = [], prepare, config: configFor, isChained, restore } =
    entering;
  kernelTest(
    `${plugin}: odd paths of namespaces work, or nothing is released`,
    async (host, t) => {
      await prepare?.(host);
      const sandbox = await addQuietSandbox(host);
      const bridge = isChained
        ? await mustCall(host, "bridge", {
          ...{ config: bridgeConfig(host), sandbox },
        })
        : undefined;
      const config = configFor(host, bridge);
      // What stays after a first life, such as a bridge, is not counted.
      await mustCall(host, plugin, { config, sandbox });
      const del = async () => {
        await mustCall(host, plugin, { config, sandbox, command: "DEL" });
        if (restore) await sandbox.ip(restore);
      };
      await del();
      const before = await stateWith(host, sandbox);
      for (const name of NAMES) {
        await t.step(name, async () => {
          const netns = await alias(host, sandbox, name);
          const odd = { config, sandbox, netns };
          const isAdded = await works(host, plugin, odd);
          if (!isAdded) {
            assertEquals(await stateWith(host, sandbox), before);
            await mustCall(host, plugin, { config, sandbox });
          }
          const added = await stateWith(host, sandbox);
          const isGone = await works(host, plugin, { ...odd, command: "DEL" });
          if (isGone && restore) await sandbox.ip(restore);
          const after = await stateWith(host, sandbox);
          assertEquals(after, isGone ? before : added);
          if (!isGone) await del();
          // A name that is only a number is no odd one for anybody.
          if (/^\d+$/.test(name)) assert(isAdded && isGone);
        });
      }
    },
    { needs: ["mount", "umount", ...needs] },
  );
}
