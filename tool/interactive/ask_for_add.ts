import { runCommand } from "../../lib/linux/mod.ts";
import { type NetworkConfig, readNetworks } from "../../lib/runtime/mod.ts";
import { checkIfname, CniCode, CniError } from "../../lib/spec/mod.ts";
import { chainText } from "../chain_of.ts";
import { isThere, netnsNames, resolveNetns } from "../netns.ts";
import { parsePort } from "../parse_port.ts";
import { UsageError, type Words } from "../../terminal/mod.ts";
import { DEFAULT_IFNAME } from "../read_arguments.ts";
import { loadNetworks, readTargetWords } from "../targets.ts";
import type { ToolContext } from "../tool_command.ts";
import { readPlaces } from "../tool_runtime.ts";
import type { Prompter } from "./prompter.ts";

/** A namespace as it was chosen. */
interface ChosenNetns {
  /** A name, a path or the id of a process. */
  readonly netns: string;
  /** Whether it is to be made. */
  readonly isNew: boolean;
}

/**
 * Asks for what a command line lacks.
 *
 * @returns The command line as if it had been complete.
 * @throws {Cancelled} If the person does not go on.
 * @throws {CniError} If there is no network to choose.
 */
export async function askForAdd(
  words: Words,
  context: ToolContext,
  prompter: Prompter,
): Promise<Words> {
  const given = readTargetWords(words);
  const needsNetwork = given.networks.length === 0 &&
    given.config === undefined;
  const networks = needsNetwork
    ? [await askNetwork(context, prompter)]
    : given.networks;
  const loaded = await loadNetworks({ ...given, networks }, context);
  const { netns, isNew } = given.netns === undefined
    ? await askNetns(prompter)
    : { netns: given.netns, isNew: false };
  const hasIfname = words.has("ifname") ||
    context.process.env("CNI_IFNAME") !== "" || loaded.length > 1;
  const ifnames = hasIfname
    ? words.values("ifname")
    : [await askIfname({ netns, isNew }, context, prompter)];
  const answers = {
    network: networks,
    netns: [netns],
    ifname: ifnames,
    ...await askOptions(words, loaded, prompter),
    ...(isNew ? { "create-netns": [""] } : {}),
  };
  return withAnswers(words, answers);
}

async function askNetwork(
  context: ToolContext,
  prompter: Prompter,
): Promise<string> {
  const { configFolder } = readPlaces(context);
  const networks = [...readNetworks(configFolder)].flatMap((found) =>
    "network" in found ? [found.network] : []
  );
  if (networks.length === 0) {
    const message = `There are no networks in ${configFolder}`;
    throw new CniError(CniCode.InvalidConfig, message, {
      details: "put a configuration there, name another folder in " +
        "NETCONFPATH, or give one with --config",
    });
  }
  // Of one name the first counts.
  const byName = new Map<string, NetworkConfig>();
  for (const one of networks) {
    if (!byName.has(one.name)) byName.set(one.name, one);
  }
  return await prompter.choose(
    "Which network?",
    [...byName].map(([name, network]) => ({
      value: name,
      label: name,
      hint: chainText(network),
    })),
  );
}

async function askNetns(prompter: Prompter): Promise<ChosenNetns> {
  const names = netnsNames();
  const chosen = await prompter.choose<string | { readonly how: string }>(
    "Which network namespace?",
    [
      ...names.map((name) => ({ value: name, label: name })),
      { value: { how: "new" }, label: "Make a new one" },
      { value: { how: "process" }, label: "That of a process" },
    ],
  );
  if (typeof chosen === "string") return { netns: chosen, isNew: false };
  return chosen.how === "new"
    ? { netns: await askNewName(names, prompter), isNew: true }
    : { netns: await askProcess(prompter), isNew: false };
}

async function askNewName(
  names: readonly string[],
  prompter: Prompter,
): Promise<string> {
  return await prompter.ask("What is it to be called?", {
    placeholder: "blue",
    check: (name) => {
      if (names.includes(name)) return "There is one of this name";
      const isName = /^[\w][\w.-]*$/.test(name) && !/^\d+$/.test(name);
      return isName ? undefined : "Use letters, digits, . _ and -";
    },
  });
}

async function askProcess(prompter: Prompter): Promise<string> {
  for (;;) {
    const pid = await prompter.ask("What is the id of the process?", {
      check: (text) =>
        /^[1-9]\d*$/.test(text) ? undefined : "Give a number, as ps shows it",
    });
    if (await isThere(`/proc/${pid}/ns/net`)) return pid;
    prompter.tell(`There is no process ${pid}.`);
  }
}

async function askIfname(
  { netns, isNew }: ChosenNetns,
  { process }: ToolContext,
  prompter: Prompter,
): Promise<string> {
  const taken = isNew
    ? []
    : await linksIn((await resolveNetns(netns, process)).path);
  return await prompter.ask("What is the interface to be called there?", {
    initial: freeIfname(taken),
    check: (name) => {
      if (taken.includes(name)) return "There is one of this name";
      try {
        checkIfname(name);
        return undefined;
      } catch (error) {
        if (error instanceof CniError) return error.message;
        throw error;
      }
    },
  });
}

/** The first of eth0, eth1 … that is not taken. */
export function freeIfname(taken: readonly string[]): string {
  let number = 0;
  const nameOf = () => DEFAULT_IFNAME.replace("0", String(number));
  while (taken.includes(nameOf())) number++;
  return nameOf();
}

/** The names of a namespace's links; none if they cannot be read. */
async function linksIn(netns: string): Promise<readonly string[]> {
  const args = ["-j", "link", "show"];
  const { status, stdout } = await runCommand({ program: "ip", args, netns });
  if (status !== 0) return [];
  const links: readonly { readonly ifname: string }[] = JSON.parse(stdout);
  return links.map(({ ifname }) => ifname);
}

/** Asks for what the network's plugins say that they take. */
async function askOptions(
  words: Words,
  networks: readonly NetworkConfig[],
  prompter: Prompter,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const declared = networks.flatMap(({ plugins }) =>
    plugins.flatMap(({ capabilities }) => capabilities)
  );
  const ports = declared.includes("portMappings") && !words.has("port")
    ? await askPorts(prompter)
    : undefined;
  const isOne = networks.length === 1;
  const ips = isOne && declared.includes("ips") && !words.has("ip")
    ? await askIps(prompter)
    : undefined;
  return {
    ...(ports === undefined ? {} : { port: ports }),
    ...(ips === undefined ? {} : { ip: ips }),
  };
}

async function askPorts(prompter: Prompter): Promise<readonly string[]> {
  const text = await prompter.ask(
    "Which ports of the host lead to the container?",
    {
      placeholder: "none; or 8080:80/tcp, several parted by spaces",
      check: (text) => usageFault(() => wordsOf(text).map(parsePort)),
    },
  );
  return wordsOf(text);
}

async function askIps(prompter: Prompter): Promise<readonly string[]> {
  const text = await prompter.ask("Which addresses?", {
    placeholder: "the next that are free",
  });
  return wordsOf(text);
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

function usageFault(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}

/** The command line with further flags in place of its operands. */
function withAnswers(
  words: Words,
  answers: Readonly<Record<string, readonly string[]>>,
): Words {
  const values = (name: string) => answers[name] ?? words.values(name);
  return {
    operands: [],
    values,
    value: (name) => values(name).at(-1),
    has: (name) => answers[name] ? answers[name].length > 0 : words.has(name),
  };
}
