import {
  checkNetworkName,
  CniCode,
  CniError,
  Fields,
  type JsonObject,
} from "../spec/mod.ts";
import { ConfigFileError } from "./config_file_error.ts";
import { decodeConfig } from "./decode_config.ts";
import type { ConfigWarning } from "./find_extensions.ts";
import { LIST_FAULT, misspelt } from "./list_keys.ts";
import type { NetworkConfig, NetworkPlugin } from "./network_config.ts";
import { listOf, singleOf, toListConfig } from "./parse_network_config.ts";
import { parsePlugin, PLUGIN_FAULT } from "./parse_plugin.ts";

/** A file that was read. */
export interface ConfigFile {
  /** Its path; `-` is stdin, and empty what is not from a file. */
  readonly file: string;
  /** UTF-8 bytes, or text. */
  readonly content: Uint8Array | string;
}

/** A network, and what other runtimes cannot read of it. */
export interface ReadNetwork {
  /** The network, always as a list. */
  readonly network: NetworkConfig;
  /** What only this program reads. */
  readonly warnings: readonly ConfigWarning[];
}

/**
 * Reads a network as every part of this program does. The ending of the file's
 * name says which form it must have: `.conflist` a list, `.conf` and `.json` a
 * single plugin's configuration, which is made a list. Without such an ending
 * the content decides.
 *
 * @param further The files in the {@linkcode pluginFolderOf} this one, in
 * order: their plugins follow its own.
 * @throws {ConfigFileError} Code 6, with line and column, if it is not JSON;
 * code 7 if a key is missing or of a wrong type, or there is no plugin. The
 * words are the Go library's where it has them.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const { network, warnings } = readNetwork({
 *   file: "net.d/10-net1.conf",
 *   content: '{ "name": "net1", "type": "bridge", }',
 * });
 * assertEquals(network.plugins[0]?.type, "bridge");
 * assertEquals(warnings[0]?.column, 35);
 * ```
 */
export function readNetwork(
  own: ConfigFile,
  further: readonly ConfigFile[] = [],
): ReadNetwork {
  const { network, warnings } = inFile(own.file, () => readOwn(own, further));
  const others = further.map((one) => inFile(one.file, () => readPlugin(one)));
  const plugins = [...network.plugins, ...others.map(({ plugin }) => plugin)];
  return {
    network: { ...network, plugins },
    warnings: [...warnings, ...others.flatMap(({ warnings }) => warnings)],
  };
}

/**
 * The folder whose `.conf` files hold further plugins of a list: the one beside
 * the list's file that has the network's name (CNI 1.1.0, section 1,
 * `loadOnlyInlinedPlugins`).
 *
 * @returns `undefined` if there is none to look for.
 */
export function pluginFolderOf(own: ConfigFile): string | undefined {
  if (!own.file.endsWith(".conflist")) return undefined;
  try {
    const { name, loadOnlyInlinedPlugins } = listOf(decode(own));
    if (loadOnlyInlinedPlugins) return undefined;
    // The name becomes a part of a path, and must not lead elsewhere.
    checkNetworkName(name);
    return own.file.slice(0, own.file.lastIndexOf("/") + 1) + name;
  } catch (error) {
    // Told by readNetwork().
    if (error instanceof CniError) return undefined;
    throw error;
  }
}

/** The name of a network of which nothing else need be right. */
export function nameIn(own: ConfigFile): string | undefined {
  try {
    const { name } = decode(own).object;
    return typeof name === "string" ? name : undefined;
  } catch (error) {
    if (error instanceof CniError) return undefined;
    throw error;
  }
}

function readOwn(
  own: ConfigFile,
  further: readonly ConfigFile[],
): ReadNetwork {
  const decoded = decode(own);
  const { object, warnings } = decoded;
  if (!isList(own.file, object)) {
    return { network: toListConfig(singleOf(decoded)), warnings };
  }
  const network = listOf(decoded);
  const { name, plugins, loadOnlyInlinedPlugins } = network;
  const isConflist = own.file.endsWith(".conflist");
  if (isConflist && !loadOnlyInlinedPlugins) checkNetworkName(name);
  if (plugins.length + further.length > 0) return { network, warnings };
  const elsewhere = isConflist
    ? `, and no folder ${name} beside the file holds a .conf file: a file ` +
      "that holds a single plugin must be named .conf"
    : ": list the network's plugins";
  throw new CniError(CniCode.InvalidConfig, "no plugin configs found", {
    details: misspelt(object, "plugins") ?? `plugins is absent${elsewhere}`,
  });
}

function readPlugin(own: ConfigFile): {
  readonly plugin: NetworkPlugin;
  readonly warnings: readonly ConfigWarning[];
} {
  const { object, warnings } = decode(own);
  return { plugin: parsePlugin(object), warnings };
}

function decode({ file, content }: ConfigFile) {
  const prefix = file.endsWith(".conflist") ? LIST_FAULT : PLUGIN_FAULT;
  const { warnings, ...rest } = decodeConfig(content, prefix);
  return { ...rest, warnings: warnings.map((one) => ({ ...one, file })) };
}

function isList(file: string, object: JsonObject): boolean {
  if (file.endsWith(".conflist")) return true;
  if (/\.(conf|json)$/.test(file)) return false;
  return "plugins" in object || !new Fields(object).has("type");
}

/** Runs `read`; its errors name the file. */
function inFile<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof CniError) || file === "") throw error;
    throw new ConfigFileError(file, error);
  }
}
