import { CniCode } from "./code.ts";
import { CniError } from "./cni_error.ts";
import { Fields } from "./fields.ts";
import type { JsonObject } from "./json.ts";
import { checkNetworkName } from "./names.ts";
import { parseDns, parseResult } from "./parse_result.ts";
import type { Dns, Result } from "./result.ts";
import { IMPLIED_VERSION } from "./version.ts";

/**
 * The configuration that a plugin is executed with (CNI 1.1.0, section 2
 * "Plugin configuration objects"): the keys that every plugin shares, and a
 * view for its own.
 */
export interface PluginConfig {
  /** The version to speak; an absent or empty one is 0.1.0. */
  readonly cniVersion: string;
  /** The network's name, validated. */
  readonly name: string;
  /** All keys, for those that only the plugin knows. */
  readonly fields: Fields;
}

/**
 * Reads the keys that every plugin shares.
 *
 * @throws {CniError} Code 7 if `name` is missing or illegal, code 6 if
 * `cniVersion` is no text.
 */
export function parsePluginConfig(object: JsonObject): PluginConfig {
  const fields = new Fields(object);
  const name = fields.string("name") ?? "";
  checkNetworkName(name);
  const version = fields.json("cniVersion") ?? "";
  if (typeof version !== "string") {
    const { details } = fields.invalid("cniVersion", "a string");
    const message = "Cannot decode cniVersion";
    throw new CniError(CniCode.DecodingFailure, message, { details });
  }
  return { cniVersion: version || IMPLIED_VERSION, name, fields };
}

/**
 * The `prevResult` of a configuration in the shape of the newest version, or
 * `undefined` if there is none (CNI 1.1.0, section 3).
 *
 * @throws {CniError} Code 1 if it has another shape than results of the
 * configuration's version, code 7 if a value in it is not as it should be.
 */
export function prevResultOf(config: PluginConfig): Result | undefined {
  const object = config.fields.object("prevResult");
  if (object === undefined) return undefined;
  const cniVersion = object.cniVersion ?? config.cniVersion;
  const path = config.fields.pathOf("prevResult");
  return parseResult({ ...object, cniVersion }, config.cniVersion, path);
}

/** The `dns` key of a configuration, or `undefined` if there is none. */
export function dnsOf(config: PluginConfig): Dns | undefined {
  const fields = config.fields.fields("dns");
  return fields === undefined ? undefined : parseDns(fields);
}
