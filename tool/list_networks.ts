import {
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
  readonly problems: readonly string[];
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
