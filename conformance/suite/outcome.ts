import type { Clause } from "./case.ts";
import type { CallRecord } from "./stage.ts";

/**
 * What came of a case: `failed` for a MUST that is not kept, `warned` for a
 * SHOULD or a MAY, `broken` when the suite itself could not go on.
 */
export type Verdict = "passed" | "failed" | "warned" | "skipped" | "broken";

/** Something that is not the same for two plugins that were compared. */
export interface Difference {
  /** What was compared: `second ADD: result`. */
  readonly what: string;
  /**
   * The lines that differ: `- ` before those of the plugin compared with, `+ `
   * before those of the one under test.
   */
  readonly lines: readonly string[];
  /** Why it is so, if it is known and meant. */
  readonly explained?: {
    /** Its short name. */
    readonly name: string;
    readonly reason: string;
  };
}

/** A case that was run, or left out. */
export interface Outcome {
  /** The case's id. */
  readonly id: string;
  /** The plugin's name, or the runtime's command. */
  readonly subject: string;
  /** The version of the specification that it was run for. */
  readonly version: string;
  readonly clause: Clause;
  readonly verdict: Verdict;
  /** Why it failed, was left out or could not go on; empty if it passed. */
  readonly reason: string;
  /** The calls that were made, in order. */
  readonly calls: readonly CallRecord[];
  /** What was found to differ, where two plugins are compared. */
  readonly differences?: readonly Difference[];
  readonly timeMs: number;
}

/** A whole run. */
export interface RunReport {
  /** `cni conformance` and the program's version. */
  readonly title: string;
  /** What was put to the test: the folder, or the runtime's command. */
  readonly target: string;
  /** The version asked for; absent if each plugin's newest was taken. */
  readonly spec?: string;
  readonly outcomes: readonly Outcome[];
}

/** How many outcomes there are of each verdict. */
export function countVerdicts(
  outcomes: readonly Pick<Outcome, "verdict">[],
): Readonly<Record<Verdict, number>> {
  const counts = { passed: 0, failed: 0, warned: 0, skipped: 0, broken: 0 };
  for (const { verdict } of outcomes) counts[verdict]++;
  return counts;
}

/** The exit status that a run ends with: 0, or 1 if a MUST was not kept. */
export function statusOf(
  outcomes: readonly Pick<Outcome, "verdict">[],
): 0 | 1 {
  const { failed, broken } = countVerdicts(outcomes);
  return failed + broken > 0 ? 1 : 0;
}
