import { checkNetworkName, CniCode, CniError } from "../spec/mod.ts";
import { decodeConfig } from "./decode_config.ts";
import type { NetworkConfig, NetworkPlugin } from "./network_config.ts";
import {
  parseNetworkConfig,
  parseSingleConfig,
  toListConfig,
} from "./parse_network_config.ts";
import { readFile, readFolder } from "./read_config_files.ts";

/** A configuration file, and what came of it. */
export type NetworkFile =
  & { readonly file: string }
  & (
    | { readonly network: NetworkConfig }
    | {
      /** Why the file could not be read as a network. */
      readonly error: CniError;
      /** The network's name all the same, if that could be read. */
      readonly name?: string;
    }
  );

/** How a network is looked for. */
export interface LoadOptions {
  /** Told about files that were passed over because of an error. */
  readonly warn?: ((message: string) => void) | undefined;
}

/**
 * Loads the network `name` from a folder: the first match of the `.conflist`
 * files in the order of their names, or else of the `.conf` and `.json` files,
 * which hold a single plugin's configuration. Needs `--allow-read`.
 *
 * A file with an error is passed over, unless it is known to be the one that is
 * wanted or nothing else is.
 *
 * @throws {CniError} Code 7 if there is no such network; the file's own error
 * if that is the reason.
 */
export function loadNetwork(
  folder: string,
  name: string,
  options: LoadOptions = {},
): NetworkConfig {
  const passed: CniError[] = [];
  let isEmpty = true;
  for (const found of readNetworks(folder)) {
    isEmpty = false;
    if ("error" in found) {
      if (found.name === name) throw found.error;
      passed.push(found.error);
    } else if (found.network.name === name) {
      checkNetworkName(name);
      for (const error of passed) options.warn?.(`Passed over: ${error}`);
      return found.network;
    }
  }
  if (passed[0] !== undefined) throw passed[0];
  throw isEmpty ? nothingIn(folder) : notIn(folder, name);
}

/**
 * Reads every network of a folder, in the order in which
 * {@linkcode loadNetwork} looks at them. A missing folder is an empty one.
 *
 * @throws {CniError} Code 7 if the folder may not be read, code 5 if it
 * cannot.
 */
export function* readNetworks(folder: string): Generator<NetworkFile> {
  const names = readFolder(folder);
  const lists = names.filter((name) => name.endsWith(".conflist"));
  const singles = names.filter((name) => /\.(conf|json)$/.test(name));
  for (const name of [...lists, ...singles]) {
    const file = `${folder}/${name}`;
    try {
      yield { file, network: loadNetworkFile(file) };
    } catch (error) {
      if (!(error instanceof CniError)) throw error;
      const own = nameIn(file);
      yield { file, error, ...(own === undefined ? {} : { name: own }) };
    }
  }
}

/**
 * Loads a network from one file: a list from a `.conflist`, together with the
 * `.conf` files in the folder beside it that bears the network's name (CNI
 * 1.1.0, section 1, `loadOnlyInlinedPlugins`); from any other file a single
 * plugin's configuration, made a list. Needs `--allow-read`.
 *
 * @throws {CniError} As {@linkcode parseNetworkConfig}, with the file in the
 * details.
 */
export function loadNetworkFile(file: string): NetworkConfig {
  return inFile(file, () => {
    const content = readFile(file);
    if (!file.endsWith(".conflist")) {
      return toListConfig(parseSingleConfig(content));
    }
    const network = parseNetworkConfig(content);
    const further = network.loadOnlyInlinedPlugins
      ? []
      : readPluginFolder(file, network.name);
    const plugins = [...network.plugins, ...further];
    if (plugins.length === 0) throw noPlugins(network.name);
    return { ...network, plugins };
  });
}

/** The plugins in the network's own folder, in the order of their files. */
function readPluginFolder(
  file: string,
  name: string,
): readonly NetworkPlugin[] {
  // The name becomes a part of a path, and must not lead elsewhere.
  checkNetworkName(name);
  const folder = file.slice(0, file.lastIndexOf("/") + 1) + name;
  return readFolder(folder, "failed to read plugin config files in")
    .filter((entry) => entry.endsWith(".conf"))
    .flatMap((entry) => {
      const path = `${folder}/${entry}`;
      return inFile(path, () => parseSingleConfig(readFile(path)).plugins);
    });
}

/** Runs `load`; its errors name the file. */
function inFile<T>(file: string, load: () => T): T {
  try {
    return load();
  } catch (error) {
    if (!(error instanceof CniError)) throw error;
    // A file of the network's own folder has been named already.
    if (error.details.startsWith("file ")) throw error;
    const { code, message, details: rest } = error;
    const details = `file ${file}${rest === "" ? "" : `: ${rest}`}`;
    throw new CniError(code, message, { details, cause: error });
  }
}

/** The name of the network in a file that is JSON, if nothing else is right. */
function nameIn(file: string): string | undefined {
  try {
    const { name } = decodeConfig(readFile(file), "").object;
    return typeof name === "string" ? name : undefined;
  } catch {
    return undefined;
  }
}

function noPlugins(name: string): CniError {
  return new CniError(CniCode.InvalidConfig, "no plugin configs found", {
    details: `plugins is absent, and no folder ${name} beside the file holds ` +
      "a .conf file: a file that holds a single plugin must be named .conf",
  });
}

function nothingIn(folder: string): CniError {
  const message = `no net configurations found in ${folder}`;
  return new CniError(CniCode.InvalidConfig, message, {
    details: "expected files that end in .conflist, .conf or .json",
  });
}

function notIn(folder: string, name: string): CniError {
  const message = `no net configuration with name ${JSON.stringify(name)} in ` +
    folder;
  const names = [...readNetworks(folder)].flatMap((found) =>
    "network" in found ? [found.network.name] : []
  );
  const details = `the networks there are ${names.join(", ")}`;
  return new CniError(CniCode.InvalidConfig, message, { details });
}
