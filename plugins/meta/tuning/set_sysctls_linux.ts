import {
  quote,
  reasonOf,
  type Run,
  sandboxText,
  type UndoStack,
} from "../../../lib/linux/mod.ts";
import type { PlannedAct } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError, describe } from "../../../lib/spec/mod.ts";
import type { Sysctl } from "./sysctl.ts";

/** What {@linkcode setSysctls} needs besides the parameters. */
export interface SetSysctlsOptions {
  /** Path of the container's network namespace. */
  readonly netns: string;
  /** Runs the command. */
  readonly run: Run;
  /** Gets what puts the values back. */
  readonly undo: UndoStack;
  /** The values from before by path; one without is not put back. */
  readonly values: ReadonlyMap<string, string>;
}

/**
 * Sets kernel parameters in order, by the shell's own means. If one fails,
 * those before it can be put back through `undo`.
 *
 * @throws {CniError} Code 7 for a value that the kernel does not take, code 999
 * for what cannot be written.
 */
export async function setSysctls(
  sysctls: readonly Sysctl[],
  { netns, run, undo, values }: SetSysctlsOptions,
): Promise<void> {
  if (sysctls.length === 0) return;
  const { status, stderr } = await run(writeCommand(sysctls, netns));
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
  const { status, stderr } = await run(writeCommand(before, netns, true));
  if (status !== 0) throw new Error(reasonOf(stderr));
}

/** How a plan tells of a parameter that {@linkcode setSysctls} sets. */
export function sysctlAct({ path, value }: Sysctl, netns: string): PlannedAct {
  return {
    purpose: `set the kernel parameter ${path} to ${value}`,
    command: sandboxText(`sysctl -w ${path}=${quote(value)}`, netns),
  };
}

function writeCommand(
  sysctls: readonly Sysctl[],
  netns: string,
  goesOn = false,
) {
  const lines = sysctls.map(({ path, value }, index) => {
    const atFailure = goesOn ? "failed=1" : `{ echo '@${index}' >&2; exit 1; }`;
    return `printf '%s\\n' ${
      quote(value)
    } >'/proc/sys/${path}' || ${atFailure}`;
  });
  const stdin = ["failed=0", ...lines, "exit $failed", ""].join("\n");
  return { program: "sh", args: ["-s"], stdin, netns };
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
