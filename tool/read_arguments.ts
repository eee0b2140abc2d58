import type { Attachment } from "../lib/runtime/mod.ts";
import {
  CniCode,
  CniError,
  type JsonObject,
  parseJson,
  parseJsonObject,
} from "../lib/spec/mod.ts";
import type { ToolProcess } from "../terminal/mod.ts";

/** The interface in the namespace, if nothing names another. */
export const DEFAULT_IFNAME = "eth0";

/**
 * Reads the arguments in the environment.
 *
 * @throws {CniError} Code 4 if `CNI_ARGS` is no list of pairs, code 6 if
 * `CAP_ARGS` is no JSON object.
 */
export function readArguments(
  process: ToolProcess,
): Required<Pick<Attachment, "args" | "capabilityArgs">> {
  return {
    capabilityArgs: parseCapabilityArgs(process.env("CAP_ARGS")),
    args: parseToolArgs(process.env("CNI_ARGS")),
  };
}

function parseCapabilityArgs(text: string): JsonObject {
  if (text === "" || parseJson(text, "CAP_ARGS") === null) return {};
  return parseJsonObject(text, "CAP_ARGS");
}

/** Stricter than what plugins take: no value may be empty. */
function parseToolArgs(text: string): readonly (readonly [string, string])[] {
  if (text === "") return [];
  return text.split(";").map((pair) => {
    const [key, value, ...rest] = pair.split("=");
    if (key && value && rest.length === 0) return [key, value];
    const message = `invalid CNI_ARGS pair ${JSON.stringify(pair)}`;
    throw new CniError(CniCode.InvalidEnvironment, message, {
      details: "expected pairs K=V joined by ;, with a key, a value and " +
        "exactly one = in each",
    });
  });
}
