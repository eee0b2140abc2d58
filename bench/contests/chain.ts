import type { Contest, Side } from "../contest.ts";
import {
  type Contender,
  hasPlugin,
  pluginRun,
  type Ring,
} from "../contender.ts";
import { bridgeConfig } from "./attachment.ts";
import { toolRun, writeList } from "./runtime.ts";

/** What podman's default network adds to a bridge. */
const CHAINED = ["portmap", "firewall", "tuning"] as const;

const PORT_MAPPINGS = [
  { hostPort: 18080, containerPort: 80, protocol: "tcp" },
  { hostPort: 18443, containerPort: 443, protocol: "tcp" },
];

/**
 * A node's whole chain, through one `cnitool`, and plugin by plugin. Without
 * CHECK, at which the reference's portmap 1.1.1 looks for rules of a family that
 * the container has no address of.
 */
export function chainContests({ ours, reference }: Ring): readonly Contest[] {
  if (!CHAINED.every((plugin) => hasPlugin(ours, plugin))) return [];
  return [{
    title: "bridge + portmap (2 ports) + firewall + tuning",
    sides: [
      toolSide(ours),
      { ...toolSide(reference), name: "reference, through our cnitool" },
      { ...oneByOne(reference), name: "reference, without a runtime" },
      { ...oneByOne(ours), name: "ours, plugin by plugin" },
    ],
    units: ["ms", "ms CPU"],
    hasSum: true,
  }];
}

function plugins(
  contender: Contender,
): readonly Readonly<Record<string, unknown>>[] {
  const { cniVersion: _, name: __, ...bridge } = bridgeConfig(contender, {
    ipMasq: true,
  });
  return [
    bridge,
    { type: "portmap", capabilities: { portMappings: true }, snat: true },
    { type: "firewall", backend: "iptables" },
    {
      type: "tuning",
      dataDir: `/run/cni/bench-${contender.name}`,
      sysctl: { "net.core.somaxconn": "512" },
      mtu: 1400,
    },
  ];
}

function toolSide(contender: Contender): Side {
  const network = `chain-${contender.name}`;
  const list = {
    cniVersion: "1.0.0",
    name: network,
    plugins: plugins(contender),
  };
  writeList(contender, list);
  const env = { CAP_ARGS: JSON.stringify({ portMappings: PORT_MAPPINGS }) };
  return {
    name: contender.name,
    acts: {
      ADD: [toolRun(contender, { verb: "add", network, env })],
      DEL: [toolRun(contender, { verb: "del", network, env })],
    },
  };
}

/** The plugins as a runtime calls them, without the time of a runtime. */
export function oneByOne(contender: Contender): Side {
  const name = `chain-${contender.name}`;
  let prevResult: unknown;
  const keep = (stdout: string) => {
    prevResult = JSON.parse(stdout);
  };
  const run =
    (command: string) => (plugin: Readonly<Record<string, unknown>>) => {
      const isFirst = command === "ADD" && plugin.type === "bridge";
      const config = () => ({
        cniVersion: "1.0.0",
        name,
        ...plugin,
        ...(isFirst ? {} : { prevResult }),
        ...("capabilities" in plugin
          ? { runtimeConfig: { portMappings: PORT_MAPPINGS } }
          : {}),
      });
      return pluginRun(contender, {
        plugin: String(plugin.type),
        command,
        config,
        ...(command === "ADD" ? { keep } : {}),
      });
    };
  const chain = plugins(contender);
  return {
    name: contender.name,
    background: contender.background,
    acts: {
      ADD: chain.map(run("ADD")),
      DEL: chain.toReversed().map(run("DEL")),
    },
  };
}
