import type { Reply } from "../plugin/mod.ts";
import {
  checkNesting,
  CniCode,
  CniError,
  describe,
  errorFromJson,
  IMPLIED_VERSION,
  isJsonObject,
  type JsonObject,
  parseResult,
  type Result,
} from "../spec/mod.ts";
import type { ExecReply } from "./exec_plugin.ts";
import { quote } from "./quote.ts";

/** What an ADD that succeeded printed. */
export interface AddReply {
  /** The result in the shape of the newest version. */
  readonly result: Result;
  /** The version that the plugin answered in, whatever it was asked in. */
  readonly cniVersion: string;
  /** The result as printed, with `cniVersion` set. */
  readonly json: JsonObject;
}

/**
 * Throws the error that a failed call stands for (CNI 1.1.0, section 5,
 * "Error"): the plugin's error object if it printed one, else code 0 with what
 * it printed instead.
 *
 * @throws {CniError} If the exit status is not 0.
 */
export function checkReply(reply: ExecReply): void {
  if (reply.status === 0) return;
  const ending = endingOf(reply);
  if (reply.stdout !== "") {
    const { object, reason } = parseObject(reply.stdout);
    if (object !== undefined) throw errorFromJson(object);
    const message = "netplugin failed but error parsing its diagnostic " +
      `message ${quote(reply.stdout)}: ${reason}`;
    const stderr = reply.stderr === "" ? "nothing" : quote(reply.stderr);
    throw new CniError(CniCode.Unknown, message, {
      details: `${ending}; stdout should hold one JSON error object; stderr ` +
        `was ${stderr}`,
    });
  }
  const message = reply.stderr === ""
    ? `netplugin failed with no error message: ${ending}`
    : `netplugin failed: ${quote(reply.stderr)}: ${ending}`;
  throw new CniError(CniCode.Unknown, message);
}

/**
 * Reads the reply to an ADD. A result that does not say its version is of the
 * version that was asked for.
 *
 * @param configVersion `cniVersion` of the configuration; empty is 0.1.0.
 * @throws {CniError} As {@linkcode checkReply}; also if an error object came
 * with exit status 0, and with code 6 or 1 if stdout holds no result.
 */
export function readAddReply(
  reply: ExecReply,
  configVersion: string,
): AddReply {
  checkReply(reply);
  const { object, reason } = parseObject(reply.stdout);
  if (object === undefined) {
    throw notAResult(reason, {
      details: `stdout was ${quote(reply.stdout)}`,
    });
  }
  // Some plugins forget the exit status, and an error is no empty result.
  if (typeof object.code === "number" && typeof object.msg === "string") {
    throw errorFromJson(object);
  }
  const own = object.cniVersion;
  const cniVersion = typeof own === "string" && own !== ""
    ? own
    : configVersion || IMPLIED_VERSION;
  const json = { ...object, cniVersion };
  try {
    return { result: parseResult(json, cniVersion), cniVersion, json };
  } catch (cause) {
    if (!(cause instanceof CniError)) throw cause;
    if (cause.code !== CniCode.InvalidConfig) throw cause;
    // It is the plugin's output that is wrong, not the configuration.
    throw notAResult(cause.message, { details: cause.details, cause });
  }
}

function notAResult(
  reason: string,
  options: { readonly details: string; readonly cause?: unknown },
): CniError {
  const message = `failed to unmarshal raw result: ${reason}`;
  return new CniError(CniCode.DecodingFailure, message, options);
}

function parseObject(
  text: string,
): { readonly object?: JsonObject; readonly reason: string } {
  if (text.trim() === "") return { reason: "unexpected end of JSON input" };
  let value: unknown;
  try {
    checkNesting(text, "reply");
    // Go decodes null into nothing, which leaves an empty object.
    value = JSON.parse(text) ?? {};
  } catch (error) {
    if (error instanceof CniError) return { reason: error.details };
    if (!(error instanceof SyntaxError)) throw error;
    return { reason: error.message.replace(/, (\.\.\.)?".*/s, "") };
  }
  if (isJsonObject(value)) return { object: value, reason: "" };
  return { reason: `found ${describe(value)} instead of a JSON object` };
}

function endingOf(reply: Reply & { readonly signal?: string }): string {
  if (reply.signal === undefined) return `exit status ${reply.status}`;
  const name = reply.signal === "SIGKILL" ? "killed" : reply.signal;
  return `signal: ${name}`;
}
