import type { Outcome, RunReport, Verdict } from "../suite/mod.ts";

/** The verdicts, and what stands for them in a head; the worst first. */
export const VERDICTS: readonly Verdict[] = [
  "failed",
  "broken",
  "warned",
  "skipped",
  "passed",
];

/** The outcomes of each subject, in the order of the run. */
export function bySubject(
  outcomes: readonly Outcome[],
): ReadonlyMap<string, readonly Outcome[]> {
  return Map.groupBy(outcomes, ({ subject }) => subject);
}

/** Outcomes, the worst first, else in the order of the run. */
export function worstFirst(
  outcomes: readonly Outcome[],
): readonly Outcome[] {
  const rank = ({ verdict }: Outcome) => VERDICTS.indexOf(verdict);
  return outcomes.toSorted((a, b) => rank(a) - rank(b));
}

/** How long all of them took, in milliseconds. */
export function totalTimeMs(outcomes: readonly Outcome[]): number {
  return outcomes.reduce((sum, { timeMs }) => sum + timeMs, 0);
}

/** What was put to the test, in a few words. */
export function describeTarget({ target, spec }: RunReport): string {
  return spec === undefined ? target : `${target}, CNI ${spec}`;
}

/** The case and the version that it was run for. */
export function labelOf({ id, version }: Outcome): string {
  return version === "" ? id : `${id} (${version})`;
}
