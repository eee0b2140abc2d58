import { CniCode, CniError } from "../spec/mod.ts";
import {
  type Batch,
  batchCommand,
  failedStepIndex,
  inSandbox,
  isForgiving,
  reasonOf,
  splitIntoBatches,
  wordLines,
} from "./batch.ts";
import type { Command, Output, Run } from "./command.ts";
import type { IpStep, Place, Step, StepProgram } from "./step.ts";
import type { UndoStack } from "./undo.ts";

/** What {@linkcode applySteps} needs besides the steps. */
export interface ApplyOptions {
  /** Path of the container's network namespace. */
  readonly netns: string;
  /** Runs the commands. */
  readonly run: Run;
  /** Gets what takes back the steps that were done. */
  readonly undo: UndoStack;
}

/**
 * Does steps in order, with as few child processes as possible. If one fails,
 * those before it can be taken back through `undo`, and none after it is done.
 *
 * @returns What `show` lines printed: a JSON value each, in order.
 * @throws {CniError} Code 999, naming the step that failed and the reason.
 */
export async function applySteps(
  steps: readonly Step[],
  { netns, run, undo }: ApplyOptions,
): Promise<readonly unknown[]> {
  const shown: unknown[] = [];
  for (const batch of splitIntoBatches(steps)) {
    const { status, stdout, stderr } = await run(batchCommand(batch, netns));
    if (status === 0) {
      pushUndo(batch.steps, { netns, run, undo });
      shown.push(...parseShown(stdout));
      continue;
    }
    if (isForgiving(batch) && /File exists|already assigned/.test(stderr)) {
      continue;
    }
    const index = failedStepIndex(batch, stderr);
    pushUndo(batch.steps.slice(0, index ?? 0), { netns, run, undo });
    throw stepError(batch, index, reasonOf(stderr) || `exit status ${status}`);
  }
  return shown;
}

/** The JSON values that `ip -j` printed: one on each line that is not empty. */
export function parseShown(stdout: string): readonly unknown[] {
  return stdout.split("\n").filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line));
}

function pushUndo(
  steps: readonly Step[],
  { netns, run, undo }: ApplyOptions,
): void {
  const done = steps.filter((step): step is IpStep & { undo: string[] } =>
    step.kind === "ip" && step.undo !== undefined
  );
  for (const [place, program] of takersOf(done)) {
    const lines = done.filter((step) =>
      undoPlaceOf(step) === place && undoerOf(step) === program
    );
    const words = lines.reverse().map((step) => step.undo);
    undo.push(() => runUndo(words, place, program));
  }

  async function runUndo(
    lines: readonly string[][],
    place: Place,
    program: StepProgram,
  ) {
    const isHost = place === "host";
    const faults = await removeByForce(lines, {
      program,
      run,
      ...(isHost ? {} : { netns }),
    });
    if (faults !== "") throw new Error(faults);
  }
}

/** How {@linkcode removeByForce} is to go about it. */
export interface RemoveOptions {
  /** What reads the lines. */
  readonly program: StepProgram;
  /** Runs the command. */
  readonly run: Run;
  /** The network namespace; the host's when absent. */
  readonly netns?: string;
}

/**
 * Removes what the lines say, whether or not some of it is gone already, or
 * cannot be removed.
 *
 * @returns Why something could not be removed; empty if all is gone.
 */
export async function removeByForce(
  lines: readonly (readonly string[])[],
  { program, run, netns }: RemoveOptions,
): Promise<string> {
  const [name = "", ...options] = program.split(" ");
  const command: Command = {
    program: name,
    args: [...options, "-force", "-batch", "-"],
    stdin: wordLines(lines),
  };
  const placed = netns === undefined ? command : inSandbox(command, netns);
  return removalFaults(await run(placed));
}

/** Which programs take steps back, and where: each once, in order. */
function takersOf(
  steps: readonly IpStep[],
): readonly (readonly [Place, StepProgram])[] {
  const takers = steps.map((step) =>
    [undoPlaceOf(step), undoerOf(step)] as const
  );
  return [...new Map(takers.map((taker) => [taker.join(), taker])).values()];
}

function undoPlaceOf({ place, undoPlace = place }: IpStep): Place {
  return undoPlace;
}

/** What `bridge` sets goes with the links that `ip` has made. */
function undoerOf({ program = "ip" }: IpStep): StepProgram {
  return program === "bridge" ? "ip" : program;
}

/**
 * What kept things from being removed, by how `ip` or `tc` has ended; empty if
 * they are gone, or have been gone before.
 */
export function removalFaults({ status, stderr }: Output): string {
  if (status === 0) return "";
  const reasons = reasonOf(stderr).split("; ").filter((reason) =>
    reason !== "" && !reason.startsWith("Warning: ")
  );
  if (reasons.length === 0) return `exit status ${status}`;
  return reasons.filter((reason) => !GONE.test(reason)).join("; ");
}

/** How ip, tc and nsenter say that what is to be removed is gone. */
const GONE =
  /Cannot find device|No such (device|process|file)|Cannot assign requested address|ddress not found|table does not exist|Invalid handle|Cannot delete qdisc with handle of zero|Cannot find specified qdisc/;

function stepError(
  batch: Batch,
  index: number | undefined,
  reason: string,
): CniError {
  const step = index === undefined ? undefined : batch.steps[index];
  const purpose = step?.purpose ??
    (batch.place === "host"
      ? "change links in the host"
      : "enter the container's network namespace");
  return new CniError(CniCode.Internal, `Cannot ${purpose}`, {
    details: reason,
  });
}
