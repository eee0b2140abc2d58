import { readKeys } from "../plugin/mod.ts";
import {
  CniCode,
  CniError,
  describe,
  Fields,
  isJsonObject,
  type Json,
  type JsonObject,
} from "../spec/mod.ts";
import type { NetworkPlugin } from "./network_config.ts";
import { RUNTIME_KEYS } from "./network_keys.ts";

/** How the Go library's messages about a plugin's object begin. */
export const PLUGIN_FAULT = "error parsing configuration";

/**
 * Reads a plugin's object, checking the keys that a runtime looks at.
 *
 * @throws {CniError} Code 7, in the Go library's words where it has them.
 */
export function parsePlugin(value: Json): NetworkPlugin {
  try {
    return readPlugin(value);
  } catch (error) {
    throw prefixed(PLUGIN_FAULT, error);
  }
}

function readPlugin(value: Json): NetworkPlugin {
  if (!isJsonObject(value)) {
    const message = `found ${describe(value)} instead of an object`;
    throw new CniError(CniCode.InvalidConfig, message);
  }
  const { type, name, capabilities } = readKeys(
    new Fields(value),
    RUNTIME_KEYS,
  );
  if (type === undefined) throw missingType(value);
  const named = name === undefined ? {} : { name };
  return { type, ...named, capabilities, raw: value };
}

function missingType(object: JsonObject): CniError {
  const details = Array.isArray(object.plugins)
    ? "type is absent, but plugins is there: a file that holds a list must " +
      "be named .conflist"
    : 'type is absent or empty: name the plugin, such as "bridge"';
  return new CniError(CniCode.InvalidConfig, "missing 'type'", { details });
}

/** An error that says first what was being done; anything but one of ours stays. */
export function prefixed(prefix: string, error: unknown): unknown {
  if (!(error instanceof CniError)) return error;
  const { code, details, message } = error;
  return new CniError(code, `${prefix}: ${message}`, { details, cause: error });
}
