import {
  ConfigFileError,
  type NetworkConfig,
  type NetworkFile,
  type OperationOptions,
  readNetworks,
  type Runtime,
} from "../lib/runtime/mod.ts";
import { CniError, toCniError } from "../lib/spec/mod.ts";
import { chainText } from "./chain_of.ts";

/** A configuration file as it is listed. */
export interface Listed {
  readonly file: string;
  readonly name: string;
  readonly version: string;
  readonly chain: string;
  readonly plugins: readonly string[];
  /** What keeps the network, or this file, from being used. */
  readonly problems: readonly string[];
  /** What keeps other runtimes from reading it. */
  readonly warnings: readonly string[];
}

/** Reads all files of a folder and looks for the plugins that they name. */
export async function listNetworks(
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
    const { error, file } = found;
    // The file is named beside it.
    const isOwn = error instanceof ConfigFileError && error.file === file;
    const problems = [String(isOwn ? error.cause : error), ...hidden];
    const unknown = { version: "?", chain: "?", plugins: [] };
    return { ...unknown, problems, warnings: [] };
  }
  const { network, warnings } = found;
  return {
    version: network.cniVersion || "0.1.0",
    chain: chainText(network),
    plugins: network.plugins.map(({ type }) => type),
    problems: [...await problemsOf(network), ...hidden],
    warnings: warnings.map(({ file, message, line, column }) =>
      `${file === found.file ? "" : `${file}: `}` +
      `line ${line}, column ${column}: ${message}`
    ),
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
