import {
  type Attachment,
  loadNetwork,
  type NetworkConfig,
  readNetwork,
  type Runtime,
} from "../lib/runtime/mod.ts";
import { readOptions, withOptions } from "./attachment_options.ts";
import { containerIdOf } from "./container_id.ts";
import {
  type Flag,
  type Operand,
  printable,
  readNamedNetwork,
  UsageError,
  type Words,
} from "../terminal/mod.ts";
import { type NamedNetns, resolveNetns } from "./netns.ts";
import { DEFAULT_IFNAME, readArguments } from "./read_arguments.ts";
import type { ToolContext } from "./tool_command.ts";
import { readPlaces } from "./tool_runtime.ts";

/** A network and what is to be attached to it, or detached. */
export interface Target {
  readonly network: NetworkConfig;
  readonly attachment: Attachment;
}

/** What a command line is about. */
export interface Targets {
  readonly netns: NamedNetns;
  /** One for each network, in order. */
  readonly targets: readonly Target[];
}

/** The words that say which networks. */
export const NETWORK: Operand = {
  name: "network",
  completes: "network",
  summary: "name of a network; left out with --network or --config",
};

/** The word that says which namespace. */
export const NETNS: Operand = {
  name: "netns",
  completes: "netns",
  summary: "network namespace: its name, its path or a process id",
};

/** The same word, where a command has no use for it. */
export const IGNORED_NETNS: Operand = { ...NETNS, summary: "ignored" };

/** What says which networks, besides operands. */
export const NETWORK_FLAGS: readonly Flag[] = [
  {
    name: "network",
    short: "n",
    value: "NAME",
    repeats: true,
    completes: "network",
    summary: "a network; again for further ones, on eth1, eth2 …",
  },
  {
    name: "config",
    short: "c",
    value: "FILE|-",
    completes: "file",
    summary: "a network's configuration from a file or stdin",
  },
];

/** What says which interface in which namespace. */
export const TARGET_FLAGS: readonly Flag[] = [
  ...NETWORK_FLAGS,
  {
    name: "netns",
    value: "NETNS",
    completes: "netns",
    summary: "the network namespace, instead of the last word",
  },
  {
    name: "ifname",
    short: "i",
    value: "NAME",
    repeats: true,
    summary: "the interface's name (eth0); again for others",
  },
];

/** A command line's words for networks and the namespace, not looked up yet. */
export interface TargetWords {
  readonly networks: readonly string[];
  /** A file, or `-`. */
  readonly config?: string;
  readonly netns?: string;
}

/**
 * Sorts out which words are networks and which is the namespace.
 *
 * @throws {UsageError} If there are too many.
 */
export function readTargetWords(words: Words): TargetWords {
  const { networks, config, rest } = readNetworkWords(words);
  const [netns = words.value("netns"), ...more] = rest;
  if (more.length > 0 || rest.length > 0 && words.has("netns")) {
    const extra = more[0] ?? rest[0];
    throw new UsageError(`too many arguments: ${JSON.stringify(extra)}`);
  }
  return {
    networks,
    ...(config === undefined ? {} : { config }),
    ...(netns === undefined ? {} : { netns }),
  };
}

/** Sorts out which words are networks; what is left over is `rest`. */
function readNetworkWords(
  words: Words,
): Omit<TargetWords, "netns"> & { readonly rest: readonly string[] } {
  const flagged = words.values("network");
  const config = words.value("config");
  const hasFlags = flagged.length > 0 || config !== undefined;
  const [first, ...others] = words.operands;
  const isOperand = !hasFlags && first !== undefined;
  return {
    networks: isOperand ? [first] : flagged,
    rest: isOperand ? others : words.operands,
    ...(config === undefined ? {} : { config }),
  };
}

/** What a command line lacks, in words; nothing if it is complete. */
export function missingIn(
  { networks, config, netns }: TargetWords,
): readonly string[] {
  const hasNetwork = networks.length > 0 || config !== undefined;
  return [
    ...(hasNetwork ? [] : ["a network (<network>, --network or --config)"]),
    ...(netns === undefined
      ? ["a network namespace (<netns> or --netns)"]
      : []),
  ];
}

/**
 * Looks up what a command line is about.
 *
 * @param runtime Knows the networks of attachments that still exist, when their
 * configuration is gone; without it, such a network is an error.
 * @throws {UsageError} If something is missing or contradicts itself.
 * @throws {CniError} If a network cannot be loaded.
 */
export async function readTargets(
  words: Words,
  context: ToolContext,
  runtime?: Runtime,
): Promise<Targets> {
  const target = readTargetWords(words);
  const missing = missingIn(target);
  if (missing.length > 0 || target.netns === undefined) {
    throw new UsageError(`missing: ${missing.join(", ")}`);
  }
  const options = readOptions(words);
  const netns = await resolveNetns(target.netns, context.process);
  const containerId = await containerIdOf(netns.path);
  const networks = await loadNetworks(
    target,
    context,
    (name) => rememberedNetwork(runtime, { name, containerId }),
  );
  const ifnames = chooseIfnames(words, context, networks.length);
  const isOne = networks.length === 1;
  if (!isOne && (options.ips.length > 0 || options.mac !== undefined)) {
    const why = "they are for one network at a time";
    throw new UsageError(`--ip and --mac cannot be used here: ${why}`);
  }
  const given = readArguments(context.process);
  const targets = networks.map((network, index) => ({
    network,
    attachment: {
      containerId,
      netns: netns.path,
      ifname: ifnames[index]!,
      ...withOptions(given, network, options),
    },
  }));
  return { netns, targets };
}

/**
 * Loads the networks of a command that is about nothing else.
 *
 * @throws {UsageError} If the command line names none.
 * @throws {CniError} If one cannot be loaded.
 */
export async function requireNetworks(
  words: Words,
  context: ToolContext,
): Promise<readonly NetworkConfig[]> {
  const named = readNetworkWords(words);
  // A namespace is not missed here.
  const missing = missingIn({ ...named, netns: "" });
  if (missing.length > 0) {
    throw new UsageError(`missing: ${missing.join(", ")}`);
  }
  return await loadNetworks(named, context);
}

/**
 * Loads the networks that a command line names.
 *
 * @param otherwise Knows a network that is in no folder.
 * @throws {CniError} If one cannot be loaded.
 */
export async function loadNetworks(
  { networks, config }: TargetWords,
  context: ToolContext,
  otherwise: (name: string) => NetworkConfig | undefined = () => undefined,
): Promise<readonly NetworkConfig[]> {
  const { process } = context;
  const { configFolder } = readPlaces(context);
  const warn = (message: string) =>
    process.writeStderr(`${printable(message)}\n`);
  const found = networks.map((name) => {
    try {
      return loadNetwork(configFolder, name, { warn });
    } catch (error) {
      const other = otherwise(name);
      if (other === undefined) throw error;
      return other;
    }
  });
  if (config === undefined) return found;
  return [...found, await readConfig(config, context)];
}

async function readConfig(
  file: string,
  { process }: ToolContext,
): Promise<NetworkConfig> {
  const { own, further } = await readNamedNetwork(file, process);
  return readNetwork(own, further).network;
}

/** The network of an attachment in the cache, as it was at its ADD. */
function rememberedNetwork(
  runtime: Runtime | undefined,
  { name, containerId }: {
    readonly name: string;
    readonly containerId: string;
  },
): NetworkConfig | undefined {
  const entry = runtime?.cachedAttachments(containerId)
    .find(({ networkName }) => networkName === name);
  return entry && readNetwork({ file: "", content: entry.config }).network;
}

function chooseIfnames(
  words: Words,
  { process }: ToolContext,
  count: number,
): readonly string[] {
  const given = words.values("ifname");
  if (given.length > count) {
    throw new UsageError(
      `--ifname is given ${given.length} times for ${count} networks`,
    );
  }
  const variable = process.env("CNI_IFNAME");
  const chosen = given.length === 0 && variable !== ""
    ? [variable]
    : [...given];
  for (let number = 0; chosen.length < count; number++) {
    const name = DEFAULT_IFNAME.replace("0", String(number));
    if (!chosen.includes(name)) chosen.push(name);
  }
  const twice = chosen.find((name, index) => chosen.indexOf(name) !== index);
  if (twice === undefined) return chosen;
  throw new UsageError(`--ifname ${twice} is given to two networks`);
}
