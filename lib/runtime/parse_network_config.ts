import {
  CniError,
  Fields,
  formatJsonLine,
  type JsonObject,
  sortKeys,
} from "../spec/mod.ts";
import { decodeConfig, type DecodedConfig } from "./decode_config.ts";
import { LIST_FAULT, listError, misspelt, readListKeys } from "./list_keys.ts";
import type { NetworkConfig } from "./network_config.ts";
import { RUNTIME_KEYS } from "./network_keys.ts";
import { parsePlugin, PLUGIN_FAULT, prefixed } from "./parse_plugin.ts";
import { selectVersion } from "./select_version.ts";

/**
 * Reads a network from a configuration list (CNI 1.1.0, section 1
 * "Configuration format"). Comments and trailing commas are allowed.
 *
 * @param content UTF-8 bytes, or text.
 * @throws {CniError} Code 6, with line and column, if it is not JSON; code 7 if
 * a key is missing or of a wrong type.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const network = parseNetworkConfig(`{
 *   "cniVersion": "1.1.0",
 *   "name": "net1",
 *   "plugins": [{ "type": "bridge" }] // and no more
 * }`);
 * assertEquals(network.plugins[0]?.type, "bridge");
 * ```
 */
export function parseNetworkConfig(
  content: Uint8Array | string,
): NetworkConfig {
  return listOf(decodeConfig(content, LIST_FAULT));
}

/**
 * Reads a network from the configuration of its only plugin, as it was written
 * before lists (CNI 0.2.0).
 *
 * @param content UTF-8 bytes, or text.
 * @throws {CniError} As {@linkcode parseNetworkConfig}.
 */
export function parseSingleConfig(content: Uint8Array | string): NetworkConfig {
  return singleOf(decodeConfig(content, PLUGIN_FAULT));
}

/** Makes a list of a single configuration; a list stays as it is. */
export function toListConfig(network: NetworkConfig): NetworkConfig {
  if (network.kind === "list") return network;
  const { name, cniVersion, plugins } = network;
  const list = { name, cniVersion, plugins: plugins.map(({ raw }) => raw) };
  const text = formatJsonLine(sortKeys<JsonObject>(list));
  return { ...network, kind: "list", source: new TextEncoder().encode(text) };
}

/**
 * The network of a decoded list.
 *
 * @throws {CniError} Code 7.
 */
export function listOf({ object, source }: DecodedConfig): NetworkConfig {
  const { cniVersion, cniVersions, plugins, ...rest } = readListKeys(object);
  if (plugins === undefined && rest.loadOnlyInlinedPlugins) {
    const reason = "`loadOnlyInlinedPlugins` is true, and no 'plugins' key";
    throw listError(
      reason,
      misspelt(object, "plugins") ??
        "plugins is absent: list the network's plugins",
    );
  }
  return {
    kind: "list",
    ...rest,
    cniVersion: chooseVersion(cniVersion, cniVersions),
    plugins: (plugins ?? []).map((plugin, index) => {
      try {
        return parsePlugin(plugin);
      } catch (error) {
        throw prefixed(`failed to parse plugin config ${index}`, error);
      }
    }),
    source,
  };
}

/**
 * The network of a decoded plugin's object.
 *
 * @throws {CniError} Code 7.
 */
export function singleOf({ object, source }: DecodedConfig): NetworkConfig {
  const plugin = parsePlugin(object);
  return {
    kind: "single",
    name: plugin.name ?? "",
    cniVersion: RUNTIME_KEYS.cniVersion.read(
      new Fields(object).json("cniVersion"),
      "cniVersion",
    ) ?? "",
    disableCheck: false,
    disableGC: false,
    loadOnlyInlinedPlugins: false,
    plugins: [plugin],
    source,
  };
}

function chooseVersion(
  cniVersion: string,
  versions: readonly string[] | undefined,
): string {
  if (versions === undefined) return cniVersion;
  try {
    return selectVersion(cniVersion, versions);
  } catch (cause) {
    if (!(cause instanceof CniError)) throw cause;
    const index = versions.findIndex((version) => !isVersion(version));
    const what = index < 0
      ? `cniVersion ${cniVersion}`
      : `cniVersions entry ${versions[index]} at index ${index}`;
    throw listError(`invalid ${what}: ${cause.message}`, cause.details);
  }
}

function isVersion(text: string): boolean {
  try {
    selectVersion(text, []);
    return true;
  } catch {
    return false;
  }
}
