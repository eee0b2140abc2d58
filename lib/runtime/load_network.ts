import { checkNetworkName, CniCode, CniError } from "../spec/mod.ts";
import type { NetworkConfig } from "./network_config.ts";
import { readFile, readFolder } from "./read_config_files.ts";
import {
  type ConfigFile,
  nameIn,
  pluginFolderOf,
  type ReadNetwork,
  readNetwork,
} from "./read_network.ts";

/** A configuration file, and what came of it. */
export type NetworkFile =
  & { readonly file: string }
  & (
    | ReadNetwork
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
    yield tryFile(`${folder}/${name}`);
  }
}

/**
 * Loads a network from one file, by {@linkcode readNetwork}; a `.conflist`
 * together with the `.conf` files in the folder beside it that bears the
 * network's name. Needs `--allow-read`.
 *
 * @throws {CniError} Code 6 or 7 if something in it is wrong, code 5 if it
 * cannot be read; details name the file.
 */
export function loadNetworkFile(file: string): NetworkConfig {
  return load({ file, content: readFile(file) }).network;
}

function load(own: ConfigFile): ReadNetwork {
  const folder = pluginFolderOf(own);
  return readNetwork(own, folder === undefined ? [] : readPluginFiles(folder));
}

function readPluginFiles(folder: string): readonly ConfigFile[] {
  return readFolder(folder, "failed to read plugin config files in")
    .filter((entry) => entry.endsWith(".conf"))
    .map((entry) => `${folder}/${entry}`)
    .map((file) => ({ file, content: readFile(file) }));
}

function tryFile(file: string): NetworkFile {
  let name: string | undefined;
  try {
    const own = { file, content: readFile(file) };
    name = nameIn(own);
    return { file, ...load(own) };
  } catch (error) {
    if (!(error instanceof CniError)) throw error;
    return { file, error, ...(name === undefined ? {} : { name }) };
  }
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
  const details = `available networks: ${names.join(", ")}`;
  return new CniError(CniCode.InvalidConfig, message, { details });
}
