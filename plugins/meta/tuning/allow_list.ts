import { CniCode, CniError, describe } from "../../../lib/spec/mod.ts";
import { readHostFile } from "../../../lib/state/mod.ts";
import { compileRe2 } from "./re2.ts";
import type { Sysctl } from "./sysctl.ts";

/** The administrator's file, which says what configurations may set. */
export const ALLOW_LIST = "/etc/cni/tuning/allowlist.conf";

/**
 * Refuses kernel parameters that the administrator's file does not allow; all
 * are allowed where there is no such file.
 *
 * @throws {CniError} Code 7 for one that is not allowed, or an expression that
 * is none; code 5 if the file cannot be read.
 */
export function requireAllowed(sysctls: readonly Sysctl[]): void {
  if (sysctls.length === 0) return;
  const text = readIfThere(ALLOW_LIST);
  if (text !== undefined) refuseOthers(sysctls, text);
}

/**
 * As {@linkcode requireAllowed}, by the text of a file: an expression on each
 * line, to be found in the parameter's name as it is written.
 */
export function refuseOthers(sysctls: readonly Sysctl[], text: string): void {
  const lines = text.split("\n").map((line) => line.trim())
    .filter((line) => line !== "");
  const expressions = lines.map(compile);
  for (const { name } of sysctls) {
    if (expressions.some((expression) => expression.test(name))) continue;
    const message = `Sysctl ${name} is not allowed. Only the following ` +
      `sysctls are allowed: [${lines.join(" ")}]`;
    throw new CniError(CniCode.InvalidConfig, message, {
      details: `sysctl names ${describe(name)}, which no line of ` +
        `${ALLOW_LIST} matches: remove it, or add a line`,
    });
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readHostFile(path, { key: "sysctl" });
  } catch (error) {
    const isAbsent = error instanceof CniError &&
      error.cause instanceof Deno.errors.NotFound;
    if (isAbsent) return undefined;
    throw error;
  }
}

function compile(line: string): RegExp {
  try {
    return compileRe2(line);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    const message = `Cannot use ${ALLOW_LIST}`;
    throw new CniError(CniCode.InvalidConfig, message, {
      details: `the line ${describe(line)} is no expression that can be ` +
        `used: ${cause.message}`,
      cause,
    });
  }
}
