/** A folder of plugins that is measured, with what belongs to it alone. */
export interface Contender {
  readonly name: string;
  /** The folder of its plugins. */
  readonly binDir: string;
  /** Name of its bridge. */
  readonly bridge: string;
  /** Path of the network namespace that it attaches. */
  readonly netns: string;
  /** Folder of its reservations. */
  readonly dataDir: string;
}

/** A call of a plugin to measure. */
export interface BenchCall {
  readonly command: string;
  readonly config: unknown;
  /** The plugin's name. */
  readonly plugin?: string;
}

/** A network with a bridge, host-local addresses and, on demand, masquerade. */
export function bridgeConfig(
  { bridge, dataDir }: Contender,
  ipMasq: boolean,
): unknown {
  return {
    cniVersion: "1.0.0",
    name: `net-${bridge}`,
    type: "bridge",
    bridge,
    isGateway: true,
    ipMasq,
    ipam: {
      type: "host-local",
      dataDir,
      ranges: [[{ subnet: "10.213.0.0/16" }]],
      routes: [{ dst: "0.0.0.0/0" }],
    },
  };
}

/** A program to run: its words, its variables and its input. */
export interface Run {
  readonly words: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

/** The run that a call of a contender's plugin is, bridge if none is named. */
export function bridgeRun(
  { binDir, bridge, netns }: Contender,
  { command, config, plugin = "bridge" }: BenchCall,
): Run {
  return {
    words: [`${binDir}/${plugin}`],
    stdin: JSON.stringify(config),
    env: {
      CNI_COMMAND: command,
      CNI_CONTAINERID: `ct-${bridge}`,
      CNI_NETNS: netns,
      CNI_IFNAME: "eth0",
      CNI_PATH: binDir,
    },
  };
}
