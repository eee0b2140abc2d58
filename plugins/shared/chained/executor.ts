import type { IpStep, Run, Step, UndoStack } from "../../../lib/linux/mod.ts";
import type { PlannedAct } from "../../../lib/plugin/mod.ts";

/**
 * Does what a verb has decided or, for a plan, only notes it. What a verb reads
 * it reads by `run` in both cases; what changes something goes by the others.
 */
export interface Executor {
  /**
   * Whether nothing is done. What the plugins before would make may be missing
   * then.
   */
  readonly isPlanning: boolean;
  /** Runs commands that only read, one after another. */
  readonly run: Run;
  /** Gets what takes back what was done, for when the verb fails. */
  readonly undo: UndoStack;
  /** Reports to a person what is not an error. */
  warn(message: string): void;
  /**
   * Does steps in order.
   *
   * @throws {CniError} Code 999, naming the step that failed and the reason.
   */
  apply(steps: readonly Step[]): Promise<void>;
  /**
   * Removes what the steps say, whether or not some of it is gone already, or
   * cannot be removed.
   *
   * @param run Runs the commands, if not the executor's own.
   * @returns Why something could not be removed; empty if all is gone.
   */
  remove(steps: readonly IpStep[], run?: Run): Promise<string>;
  /**
   * Does what is neither a step nor a firewall transaction.
   *
   * @param planned What a plan says of it.
   * @returns What `act` returns; `undefined` for a plan.
   */
  act<T>(
    planned: readonly PlannedAct[],
    act: () => T | Promise<T>,
  ): Promise<T | undefined>;
  /**
   * Prepares work on several things side by side, each with a way to run
   * commands that does not wait for the others. These are started at once,
   * since that takes a while.
   *
   * @param purpose What firewall transactions of the work are for, in a plan.
   */
  sideBySide<T>(items: readonly T[], purpose?: string): SideBySide<T>;
}

/**
 * Does some work for each of several things.
 *
 * @returns What it has returned for each.
 * @throws What the first of those that failed has thrown, when all have ended.
 */
export type SideBySide<T> = <R>(
  work: (item: T, run: Run) => Promise<R>,
) => Promise<readonly R[]>;
