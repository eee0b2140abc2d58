import type { Contest, Run, Side } from "../contest.ts";
import {
  addNetns,
  type Contender,
  hasPlugin,
  pluginRun,
  type Ring,
} from "../contender.ts";
import { runProgram } from "../measure.ts";
import { bridgeConfig } from "./attachment.ts";

/** Chained plugins, each by keys of its own. */
export const CHAINED: Readonly<
  Record<string, Readonly<Record<string, unknown>>>
> = {
  portmap: {
    snat: true,
    runtimeConfig: {
      portMappings: [
        { hostPort: 18080, containerPort: 80, protocol: "tcp" },
        { hostPort: 18443, containerPort: 443, protocol: "tcp" },
      ],
    },
  },
  firewall: { backend: "iptables" },
  tuning: { sysctl: { "net.core.somaxconn": "512" }, mtu: 1400 },
  bandwidth: {
    ingressRate: 1_000_000,
    ingressBurst: 1_000_000,
    egressRate: 1_000_000,
    egressBurst: 1_000_000,
  },
};

/** Plugins that make the container's interface, with host-local. */
const MAIN: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  ptp: { ipMasq: true },
  macvlan: { master: "bench-master" },
};

/** Each plugin by itself, with its ADD and its DEL. */
export async function singleContests(ring: Ring): Promise<readonly Contest[]> {
  const { ours, reference } = ring;
  const contests: Contest[] = [];
  for (const [plugin, keys] of Object.entries(CHAINED)) {
    if (!hasPlugin(ours, plugin)) continue;
    contests.push({
      title: `${plugin} alone`,
      sides: [
        await chainedSide(ours, { plugin, keys, ring }),
        await chainedSide(reference, { plugin, keys, ring }),
      ],
    });
  }
  for (const [plugin, keys] of Object.entries(MAIN)) {
    if (!hasPlugin(ours, plugin)) continue;
    if (plugin === "macvlan") await addMaster(ring);
    const side = (contender: Contender): Side => {
      const { ipam } = bridgeConfig(contender);
      const config = { cniVersion: "1.0.0", name: plugin, type: plugin };
      return addAndDel(contender, plugin, { ...config, ...keys, ipam });
    };
    contests.push({
      title: `${plugin} + host-local`,
      sides: [side(ours), side(reference)],
    });
  }
  if (hasPlugin(ours, "static")) {
    const ipam = { type: "static", addresses: [{ address: "10.9.0.2/24" }] };
    const config = { cniVersion: "1.0.0", name: "s", type: "static", ipam };
    const side = (contender: Contender) =>
      addAndDel(contender, "static", config);
    contests.push({
      title: "static alone",
      sides: [side(ours), side(reference)],
    });
  }
  return contests;
}

function addAndDel(
  contender: Contender,
  plugin: string,
  config: unknown,
): Side {
  const run = (command: string): readonly Run[] => [
    pluginRun(contender, { plugin, command, config }),
  ];
  return { name: contender.name, acts: { ADD: run("ADD"), DEL: run("DEL") } };
}

/** A side that works on a container which is attached to a bridge already. */
export async function chainedSide(
  contender: Contender,
  { plugin, keys, ring }: {
    readonly plugin: string;
    readonly keys: Readonly<Record<string, unknown>>;
    readonly ring: Ring;
  },
): Promise<Side> {
  const { cleanup } = ring;
  const name = `${plugin}-${contender.name}`;
  const netns = await addNetns(name, cleanup);
  const bridge = {
    plugin: "bridge",
    config: bridgeConfig(contender),
    netns,
    containerId: name,
  };
  const { stdout } = await runProgram(
    pluginRun(contender, { ...bridge, command: "ADD" }),
  );
  cleanup.defer(async () => {
    await runProgram(pluginRun(contender, { ...bridge, command: "DEL" }));
  });
  const config = {
    cniVersion: "1.0.0",
    name,
    type: plugin,
    ...keys,
    ...(plugin === "tuning" ? { dataDir: `/run/cni/bench-${name}` } : {}),
    prevResult: JSON.parse(stdout),
  };
  const run = (command: string) => [
    pluginRun(contender, { plugin, command, config, netns, containerId: name }),
    // The reference leaves qdiscs on a link that lives on, and cannot add then.
    ...(plugin === "bandwidth" && command === "DEL"
      ? [clearQdiscs(config.prevResult)]
      : []),
  ];
  return {
    name: contender.name,
    background: contender.background,
    acts: { ADD: run("ADD"), CHECK: run("CHECK"), DEL: run("DEL") },
  };
}

/** Has every second link's queueing disciplines removed; that there are none is fine. */
function clearQdiscs(
  { interfaces }: { interfaces: readonly { name: string }[] },
): Run {
  const dev = interfaces[1]?.name ?? "";
  const script =
    `tc qdisc del dev ${dev} root; tc qdisc del dev ${dev} ingress; true`;
  return { words: ["sh", "-c", `{ ${script}; } 2>/dev/null`] };
}

/** Makes the link that macvlan shares. */
export async function addMaster({ cleanup }: Ring): Promise<void> {
  const words = (text: string) => ({ words: text.split(" ") });
  await runProgram(
    words("ip link add bench-master type veth peer name bench-peer"),
  );
  cleanup.defer(async () => {
    await runProgram(words("ip link del bench-master"));
  });
  await runProgram(words("ip link set bench-master up"));
  await runProgram(words("ip link set bench-peer up"));
}
