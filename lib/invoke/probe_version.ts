import {
  CniCode,
  CniError,
  CURRENT_VERSION,
  describe,
  formatJsonLine,
  type JsonObject,
  parseJsonObject,
} from "../spec/mod.ts";
import type { ExecOptions } from "./exec_plugin.ts";
import type { Invoker } from "./invoker.ts";
import { checkReply } from "./read_reply.ts";

/** What a plugin says of itself. */
export interface VersionInfo {
  /** The version that the reply is written in. */
  readonly cniVersion: string;
  /** The versions that a configuration may have. */
  readonly supportedVersions: readonly string[];
}

/** Which plugin is asked, and how. */
export interface ProbeOptions extends ExecOptions {
  /** The folders to look for it in, as the text of `CNI_PATH`. */
  readonly path: string;
}

/**
 * Asks a plugin which versions it supports (CNI 1.1.0, section 2, "VERSION").
 * One that does not know the question is of version 0.1.0.
 *
 * @param type The plugin's name.
 * @throws {CniError} If it cannot be called or fails; code 6 if it answers
 * something else.
 */
export async function probeVersion(
  invoker: Invoker,
  type: string,
  { path, ...options }: ProbeOptions,
): Promise<VersionInfo> {
  const call = {
    command: "VERSION",
    containerId: "",
    // Old plugins insist on variables that VERSION does not use.
    netns: "dummy",
    ifname: "dummy",
    args: "",
    path,
    netnsOverride: "",
    stdin: formatJsonLine({ cniVersion: CURRENT_VERSION }),
  };
  const reply = await invoker.call(type, call, options);
  try {
    checkReply(reply);
  } catch (error) {
    if (String(error) !== "unknown CNI_COMMAND: VERSION") throw error;
    return { cniVersion: "0.1.0", supportedVersions: ["0.1.0"] };
  }
  return readVersionInfo(reply.stdout);
}

/**
 * Reads the reply to VERSION. The versions in it are not judged.
 *
 * @throws {CniError} Code 6 if it is no version information.
 */
export function readVersionInfo(stdout: string): VersionInfo {
  const object = parseVersionObject(stdout);
  const { cniVersion, supportedVersions: versions } = object;
  if (typeof cniVersion !== "string" || cniVersion === "") {
    throw undecodable("missing field cniVersion", object);
  }
  if (
    Array.isArray(versions) && versions.length > 0 &&
    versions.every((version) => typeof version === "string")
  ) {
    return { cniVersion, supportedVersions: versions };
  }
  // 0.2.0 brought VERSION, and its draft had no list of versions.
  if (cniVersion === "0.2.0") {
    return { cniVersion, supportedVersions: ["0.1.0", "0.2.0"] };
  }
  throw undecodable("missing field supportedVersions", object);
}

function parseVersionObject(stdout: string): JsonObject {
  try {
    return parseJsonObject(stdout, "version info");
  } catch (cause) {
    if (!(cause instanceof CniError)) throw cause;
    const message = `decoding version info: ${cause.details}`;
    throw new CniError(CniCode.DecodingFailure, message, { cause });
  }
}

function undecodable(reason: string, object: JsonObject): CniError {
  const message = `decoding version info: ${reason}`;
  const found = `cniVersion is ${describe(object.cniVersion)}, ` +
    `supportedVersions is ${describe(object.supportedVersions)}`;
  return new CniError(CniCode.DecodingFailure, message, {
    details: `${found}: expected a version and a list of versions`,
  });
}
