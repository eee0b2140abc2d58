import {
  CniCode,
  CniError,
  describe,
  Fields,
  formatJsonLine,
  isJsonObject,
  type Json,
  type JsonObject,
  sortKeys,
} from "../spec/mod.ts";
import { decodeConfig } from "./decode_config.ts";
import type { NetworkConfig, NetworkPlugin } from "./network_config.ts";
import { selectVersion } from "./select_version.ts";

// The texts of these errors are those of the Go library, which callers match.
const LIST = "error parsing configuration list";
const SINGLE = "error parsing configuration";

/**
 * Reads a network from a configuration list (CNI 1.1.0, section 1
 * "Configuration format"). Comments and trailing commas are allowed.
 *
 * @param content UTF-8 bytes, or text.
 * @throws {CniError} Code 6, with line and column, if it is no JSON; code 7 if
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
  const { object, source } = decodeConfig(content, LIST);
  const name = readName(object.name);
  const cniVersion = readVersion(object);
  const flags = {
    disableCheck: readFlag(object, "disableCheck"),
    disableGC: readFlag(object, "disableGC"),
    loadOnlyInlinedPlugins: readFlag(object, "loadOnlyInlinedPlugins"),
  };
  const { loadOnlyInlinedPlugins } = flags;
  const plugins = readPlugins(object, loadOnlyInlinedPlugins);
  return { kind: "list", name, cniVersion, ...flags, plugins, source };
}

/**
 * Reads a network from the configuration of its only plugin, as it was written
 * before lists (CNI 0.2.0).
 *
 * @param content UTF-8 bytes, or text.
 * @throws {CniError} As {@linkcode parseNetworkConfig}.
 */
export function parseSingleConfig(content: Uint8Array | string): NetworkConfig {
  const { object, source } = decodeConfig(content, SINGLE);
  const plugin = parsePlugin(object);
  const fields = new Fields(object);
  return {
    kind: "single",
    name: plugin.name ?? "",
    cniVersion: asSingle(() => fields.string("cniVersion") ?? ""),
    disableCheck: false,
    disableGC: false,
    loadOnlyInlinedPlugins: false,
    plugins: [plugin],
    source,
  };
}

/**
 * Reads a network from either form of configuration; a single plugin's is made
 * a list.
 *
 * @param content UTF-8 bytes, or text.
 * @throws {CniError} As {@linkcode parseNetworkConfig}.
 */
export function parseEitherConfig(content: Uint8Array | string): NetworkConfig {
  const { object } = decodeConfig(content, SINGLE);
  const isSingle = "type" in object && !("plugins" in object);
  return isSingle
    ? toListConfig(parseSingleConfig(content))
    : parseNetworkConfig(content);
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
 * Reads a plugin's object, checking the keys that a runtime looks at.
 *
 * @throws {CniError} Code 7.
 */
export function parsePlugin(object: JsonObject): NetworkPlugin {
  const fields = new Fields(object);
  return asSingle(() => {
    const type = fields.string("type") ?? "";
    const name = fields.string("name");
    fields.string("cniVersion");
    fields.fields("ipam")?.string("type");
    fields.object("dns");
    fields.object("prevResult");
    const capabilities = readCapabilities(fields);
    if (type === "") throw missingType(object);
    return {
      type,
      ...(name ? { name } : {}),
      capabilities,
      raw: object,
    };
  });
}

function readCapabilities(fields: Fields): readonly string[] {
  const object = fields.object("capabilities") ?? {};
  const capabilities = new Fields(object, fields.pathOf("capabilities"));
  return Object.keys(object).filter((key) => capabilities.boolean(key));
}

function missingType(object: JsonObject): CniError {
  const details = Array.isArray(object.plugins)
    ? "type is absent, but plugins is there: a file that holds a list must " +
      "be named .conflist"
    : 'type is absent or empty: name the plugin, such as "bridge"';
  const message = "missing 'type'";
  return new CniError(CniCode.InvalidConfig, message, { details });
}

/** Runs `read`; its errors say that a plugin's configuration was parsed. */
function asSingle<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw prefixed(SINGLE, error);
  }
}

function readName(name: Json | undefined): string {
  if (name === undefined || name === "") {
    throw listError("no name", 'give the network one, such as "net1"');
  }
  if (typeof name === "string") return name;
  const found = `name is ${describe(name)}: expected a string`;
  throw listError(`invalid name type ${goTypeOf(name)}`, found);
}

function readVersion(object: JsonObject): string {
  const { cniVersion = "", cniVersions } = object;
  if (typeof cniVersion !== "string") {
    const found = `cniVersion is ${describe(cniVersion)}: expected a string`;
    throw listError(`invalid cniVersion type ${goTypeOf(cniVersion)}`, found);
  }
  if (cniVersions === undefined) return cniVersion;
  const versions = readVersionList(cniVersions);
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

function readVersionList(list: Json): readonly string[] {
  if (!Array.isArray(list)) {
    const found = `cniVersions is ${
      describe(list)
    }: expected a list of strings`;
    throw listError(`invalid type for cniVersions: ${goTypeOf(list)}`, found);
  }
  return list.map((item: Json, index) => {
    if (typeof item === "string") return item;
    const what = `cniVersions index ${index}: ${goTypeOf(item)}`;
    const found = `cniVersions[${index}] is ${
      describe(item)
    }: expected a string`;
    throw listError(`invalid type for ${what}`, found);
  });
}

function isVersion(text: string): boolean {
  try {
    selectVersion(text, []);
    return true;
  } catch {
    return false;
  }
}

/** A flag, which may also be written as a text. */
function readFlag(object: JsonObject, key: string): boolean {
  const value = object[key];
  if (value === undefined) return false;
  if (typeof value === "boolean") return value;
  const found = `${key} is ${describe(value)}: expected true or false`;
  if (typeof value !== "string") {
    throw listError(`invalid type ${goTypeOf(value)} for ${key}`, found);
  }
  const text = value.toLowerCase();
  if (text === "true" || text === "false") return text === "true";
  throw listError(`invalid value ${JSON.stringify(text)} for ${key}`, found);
}

function readPlugins(
  object: JsonObject,
  onlyInlined: boolean,
): readonly NetworkPlugin[] {
  const { plugins } = object;
  if (plugins === undefined) {
    if (!onlyInlined) return [];
    const reason = "`loadOnlyInlinedPlugins` is true, and no 'plugins' key";
    throw listError(reason, "plugins is absent: list the network's plugins");
  }
  if (!Array.isArray(plugins)) {
    const found = `plugins is ${describe(plugins)}: expected a list of objects`;
    throw listError(`invalid 'plugins' type ${goTypeOf(plugins)}`, found);
  }
  if (plugins.length === 0) {
    throw listError("no plugins in list", "plugins is []: name at least one");
  }
  return plugins.map((plugin: Json, index) => {
    try {
      return parseListed(plugin);
    } catch (error) {
      throw prefixed(`failed to parse plugin config ${index}`, error);
    }
  });
}

function parseListed(plugin: Json): NetworkPlugin {
  if (isJsonObject(plugin)) return parsePlugin(plugin);
  const message = `${SINGLE}: found ${describe(plugin)} instead of an object`;
  throw new CniError(CniCode.InvalidConfig, message);
}

function listError(reason: string, details: string): CniError {
  const message = `${LIST}: ${reason}`;
  return new CniError(CniCode.InvalidConfig, message, { details });
}

/** An error that says first what was being done. */
function prefixed(prefix: string, error: unknown): unknown {
  if (!(error instanceof CniError)) return error;
  const { code, details, message } = error;
  const cause = error;
  return new CniError(code, `${prefix}: ${message}`, { details, cause });
}

/** What the Go library calls the type of a JSON value. */
function goTypeOf(value: Json): string {
  if (value === null) return "<nil>";
  if (Array.isArray(value)) return "[]interface {}";
  switch (typeof value) {
    case "boolean":
      return "bool";
    case "number":
      return "float64";
    case "string":
      return "string";
    default:
      return "map[string]interface {}";
  }
}
