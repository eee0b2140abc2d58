import {
  type NetworkConfig,
  type NetworkFile,
  type OperationOptions,
  readNetworks,
  type Runtime,
} from "../../runtime/mod.ts";
import { CniError, formatJson, toCniError } from "../../spec/mod.ts";
import { chainText } from "../chain_of.ts";
import { formatTable } from "../format_table.ts";
import type { Words } from "../parse_words.ts";
import { JSON_FLAG } from "../print_plans.ts";
import { styleFor } from "../style.ts";
import type { ToolCommand, ToolContext } from "../tool_command.ts";
import {
  interruptible,
  openRuntime,
  readPlaces,
  TIMEOUT,
} from "../tool_runtime.ts";

/** A configuration file as it is listed. */
interface Listed {
  readonly file: string;
  readonly name: string;
  readonly version: string;
  readonly chain: string;
  readonly plugins: readonly string[];
  readonly problems: readonly string[];
}

/** `cni tool list`. */
export const listCommand: ToolCommand = {
  operands: [],
  flags: [JSON_FLAG, TIMEOUT],
  description:
    `Reads all files of the folder in the order in which networks are looked for,
and looks for their plugins.`,
  run: list,
};

async function list(words: Words, context: ToolContext): Promise<number> {
  const { process } = context;
  const { configFolder } = readPlaces(context);
  const runtime = openRuntime(context);
  const listed = await interruptible(
    words,
    context,
    (options) => listNetworks(configFolder, runtime, options),
  );
  if (words.has(JSON_FLAG.name)) {
    const networks = listed.map(({ chain: _, ...rest }) => rest);
    const report = { command: "list", folder: configFolder, networks };
    process.writeStdout(`${formatJson(report)}\n`);
    return 0;
  }
  if (listed.length === 0) {
    process.writeStderr(
      `There are no networks in ${configFolder}: expected files that end in ` +
        ".conflist, .conf or .json (NETCONFPATH names another folder)\n",
    );
    return 0;
  }
  const style = styleFor(process);
  const rows = listed.map(({ name, version, chain, file }) => [
    ...[name, version, chain, file.slice(file.lastIndexOf("/") + 1)],
  ]);
  const head = ["NETWORK", "VERSION", "PLUGINS", "FILE"];
  process.writeStdout(formatTable(head, rows, style));
  const problems = listed.flatMap(({ file, problems }) =>
    problems.map((problem) => `${style.yellow(file)}: ${problem}\n`)
  );
  if (problems.length > 0) {
    process.writeStdout(`\n${style.bold("Problems")}\n${problems.join("")}`);
  }
  return 0;
}

async function listNetworks(
  folder: string,
  runtime: Runtime,
  options: OperationOptions,
): Promise<readonly Listed[]> {
  const files = new Map<string, string>();
  const listed: Listed[] = [];
  for (const found of readNetworks(folder)) {
    const name = nameOf(found);
    const earlier = files.get(name);
    const hidden = earlier === undefined || name === ""
      ? []
      : [`network ${JSON.stringify(name)} is taken from ${earlier}, not here`];
    if (earlier === undefined) files.set(name, found.file);
    listed.push({
      file: found.file,
      name: name || "?",
      ...await describe(
        found,
        hidden,
        (network) => pluginProblems(runtime, network, options),
      ),
    });
  }
  return listed;
}

async function describe(
  found: NetworkFile,
  hidden: readonly string[],
  problemsOf: (network: NetworkConfig) => Promise<readonly string[]>,
): Promise<Omit<Listed, "file" | "name">> {
  if ("error" in found) {
    const { message, details } = found.error;
    // The file is named beside it.
    const rest = details.replace(/^file [^:]*(: )?/, "");
    const problem = rest === "" ? message : `${message}; ${rest}`;
    const problems = [problem, ...hidden];
    return { version: "?", chain: "?", plugins: [], problems };
  }
  const { network } = found;
  return {
    version: network.cniVersion || "0.1.0",
    chain: chainText(network),
    plugins: network.plugins.map(({ type }) => type),
    problems: [...await problemsOf(network), ...hidden],
  };
}

/** What is wrong with the plugins of a network, each told once. */
async function pluginProblems(
  runtime: Runtime,
  network: NetworkConfig,
  options: OperationOptions,
): Promise<readonly string[]> {
  try {
    await runtime.validate(network, options);
    return [];
  } catch (thrown) {
    const { cause } = toCniError(thrown);
    const errors = cause instanceof AggregateError ? cause.errors : [thrown];
    const texts = errors.map((error) =>
      error instanceof CniError ? error.message : String(error)
    );
    return [...new Set(texts)];
  }
}

function nameOf(found: NetworkFile): string {
  return ("network" in found ? found.network.name : found.name) ?? "";
}
