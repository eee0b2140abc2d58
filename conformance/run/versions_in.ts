import { readVersionInfo } from "../../lib/invoke/mod.ts";
import { CniError, isJsonObject } from "../../lib/spec/mod.ts";
import type { CallRecord } from "../suite/mod.ts";

/** The versions that an answer to VERSION lists; none if it is no answer. */
export function versionsIn(
  { status, stdout }: Pick<CallRecord, "status" | "stdout">,
): readonly string[] {
  // Plugins of 0.1.0 do not know the command; runtimes go by these words.
  if (status !== 0) return isUnknownCommand(stdout) ? ["0.1.0"] : [];
  try {
    return readVersionInfo(stdout).supportedVersions;
  } catch (error) {
    if (error instanceof CniError) return [];
    throw error;
  }
}

function isUnknownCommand(stdout: string): boolean {
  try {
    const error: unknown = JSON.parse(stdout);
    return isJsonObject(error) && error.msg === "unknown CNI_COMMAND: VERSION";
  } catch {
    return false;
  }
}
