import { judge, type OpenStage, runEach } from "../run/mod.ts";
import {
  type CallRecord,
  type Clause,
  type Difference,
  type Outcome,
  type Subject,
  Violation,
} from "../suite/mod.ts";
import { compareObservations } from "./compare_observations.ts";
import type { Explanation } from "./explanation.ts";
import type { Comparison } from "./plan_comparisons.ts";
import {
  type Observation,
  playScenario,
  type TakeSnapshot,
} from "./play_scenario.ts";

/** How {@linkcode runComparisons} runs. */
export interface RunComparisonsOptions {
  /** Makes a stage; two with the same id are never there at the same time. */
  readonly openStage: (
    options: {
      readonly subject: Subject;
      readonly version: string;
      readonly id: string;
    },
  ) => Promise<OpenStage>;
  readonly takeSnapshot: TakeSnapshot;
  readonly explanations: readonly Explanation[];
  /** How many comparisons there may be at a time. */
  readonly stages: number;
  /** Is told each outcome as soon as it is there. */
  readonly report?: (outcome: Outcome) => void;
  /** When aborted, no comparison is begun. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Plays scenarios with the plugins of two folders, one after the other on
 * stages of the same names, and compares what they said and left.
 *
 * @returns The outcomes, in the order of the comparisons.
 * @throws The reason of the abort.
 */
export function runComparisons(
  comparisons: readonly Comparison[],
  options: RunComparisonsOptions,
): Promise<readonly Outcome[]> {
  const { stages, report, signal } = options;
  const run = (comparison: Comparison) => runComparison(comparison, options);
  return runEach(comparisons, run, { atATime: stages, report, signal });
}

function runComparison(
  { scenario, version, left, right, skipped }: Comparison,
  { openStage, takeSnapshot, explanations }: RunComparisonsOptions,
): Promise<Outcome> {
  const { id, about } = scenario;
  const clause: Clause = {
    section: `Compared with ${left.folder}`,
    level: "MUST",
    requirement: `Both plugins do the same ${about}`,
  };
  const stageId = crypto.randomUUID().slice(0, 8);
  const play = async (subject: Subject) => {
    await using open = await openStage({ subject, version, id: stageId });
    return await playScenario(scenario, open.stage, takeSnapshot);
  };
  const judged = { id, subject: right.name, version, clause, skipped };
  return judge(judged, async (findings) => {
    findings.differences = [];
    const [before, after] = [await play(left), await play(right)];
    const options = { plugin: right.name, explanations };
    const differences = compareObservations(before, after, options);
    findings.differences = differences;
    findings.calls = callsThatDiffer(before, after, differences);
    refuseUnexplained(differences);
  });
}

/** The calls at which something unexplained appears, of both sides. */
function callsThatDiffer(
  left: readonly Observation[],
  right: readonly Observation[],
  differences: readonly Difference[],
): readonly CallRecord[] {
  const labels = new Set(
    differences.filter(({ explained }) => explained === undefined)
      .map(({ what }) => what.slice(0, what.indexOf(":"))),
  );
  return right.flatMap(({ label, call }, index) => {
    const before = left[index]?.call;
    if (!labels.has(label)) return [];
    return before === undefined ? [call] : [before, call];
  });
}

function refuseUnexplained(differences: readonly Difference[]): void {
  const count = (isExplained: boolean) =>
    differences.filter(({ explained }) =>
      (explained !== undefined) === isExplained
    )
      .reduce((sum, { lines }) => sum + lines.length, 0);
  const [unexplained, explained] = [count(false), count(true)];
  if (unexplained === 0) return;
  const rest = explained === 0 ? "" : `, and ${explained} that are explained`;
  throw new Violation(
    `${unexplained} line${unexplained === 1 ? "" : "s"} of difference${rest}`,
  );
}
