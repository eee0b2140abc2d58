import {
  type Output,
  quote,
  reasonOf,
  type Run,
  sandboxText,
  type UndoStack,
} from "../../../lib/linux/mod.ts";
import type { PlannedAct } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError, describe } from "../../../lib/spec/mod.ts";
import type { Sysctl } from "./sysctl.ts";

/** What {@linkcode settleSysctls} needs besides the parameters. */
export interface SettleSysctlsOptions {
  /** How the shell with the script has ended. */
  readonly output: Output;
  /** Path of the container's network namespace. */
  readonly netns: string;
  /** Puts the values back. */
  readonly run: Run;
  /** Gets what puts the values back. */
  readonly undo: UndoStack;
  /** The values from before by path; one without is not put back. */
  readonly values: ReadonlyMap<string, string>;
}

/** The exit status of a script that could not set a parameter. */
export const SET_FAILED = 84;

/**
 * The lines of a script that set kernel parameters in order, by the shell's own
 * means. One that fails ends it with {@linkcode SET_FAILED}.
 */
export function sysctlScript(sysctls: readonly Sysctl[]): string {
  const lines = sysctls.map((sysctl, index) =>
    `${writeLine(sysctl)} || { echo '@${index}' >&2; exit ${SET_FAILED}; }\n`
  );
  return lines.join("");
}

/**
 * Has what {@linkcode sysctlScript} has set put back through `undo`, and says
 * what it could not set.
 *
 * @throws {CniError} Code 7 for a value that the kernel does not take, code 999
 * for what cannot be written.
 */
export function settleSysctls(
  sysctls: readonly Sysctl[],
  { output, netns, run, undo, values }: SettleSysctlsOptions,
): void {
  const { status, stderr } = output;
  // The mark is the index of the one that failed.
  const mark = /^@(\d+)$/m.exec(stderr)?.[1];
  const doneCount = status === 0 ? sysctls.length : Number(mark ?? 0);
  const before = sysctls.slice(0, doneCount).reverse()
    .flatMap((sysctl) => {
      const value = values.get(sysctl.path);
      return value === undefined ? [] : [{ ...sysctl, value }];
    });
  if (before.length > 0) undo.push(() => putBack(before, { netns, run }));
  if (status !== 0) throw writeError(sysctls[doneCount]!, reasonOf(stderr));
}

async function putBack(
  before: readonly Sysctl[],
  { netns, run }: { readonly netns: string; readonly run: Run },
): Promise<void> {
  const lines = before.map((sysctl) => `${writeLine(sysctl)} || failed=1`);
  const stdin = ["failed=0", ...lines, "exit $failed", ""].join("\n");
  const command = { program: "sh", args: ["-s"], stdin, netns };
  const { status, stderr } = await run(command);
  if (status !== 0) throw new Error(reasonOf(stderr));
}

/** How a plan tells of a parameter that {@linkcode sysctlScript} sets. */
export function sysctlAct({ path, value }: Sysctl, netns: string): PlannedAct {
  return {
    purpose: `set the kernel parameter ${path} to ${value}`,
    command: sandboxText(`sysctl -w ${path}=${quote(value)}`, netns),
  };
}

function writeLine({ path, value }: Sysctl): string {
  return `printf '%s\\n' ${quote(value)} >'/proc/sys/${path}'`;
}

function writeError({ name, value }: Sysctl, reason: string): CniError {
  const message = `Cannot set the kernel parameter "${name}"`;
  // What the shells say when the file can be opened, but not written to.
  const isRefused = /I\/O error|write error|Invalid argument/.test(reason);
  return isRefused
    ? new CniError(CniCode.InvalidConfig, message, {
      details: `sysctl[${JSON.stringify(name)}] is ${describe(value)}, which ` +
        "the kernel does not take: give it a value that it does",
    })
    : new CniError(CniCode.Internal, message, { details: reason });
}
