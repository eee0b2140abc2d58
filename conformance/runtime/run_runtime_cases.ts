import { judge } from "../run/mod.ts";
import type { CallRecord, Outcome } from "../suite/mod.ts";
import { createRuntimeStage } from "./create_runtime_stage.ts";
import type { RuntimeCase } from "./runtime_case.ts";
import type { RuntimeSubject } from "./runtime_subject.ts";

/** A case that is to be run for a version. */
export interface RuntimeJob {
  readonly case: RuntimeCase;
  readonly version: string;
  /** Why it is left out; absent if it is to run. */
  readonly skipped?: string;
}

/**
 * Which cases are run, in order.
 *
 * @param spec The one version to run for; when absent, cases run for the newest
 * that their clause holds for, and those that differ between versions for each.
 */
export function planRuntimeJobs(
  cases: readonly RuntimeCase[],
  spec?: string,
): readonly RuntimeJob[] {
  return cases.flatMap((one): readonly RuntimeJob[] => {
    const { clause: { versions = [] }, isPerVersion = false } = one;
    if (spec !== undefined) {
      const job = { case: one, version: spec };
      const skipped = `version ${spec} does not say so`;
      return [versions.includes(spec) ? job : { ...job, skipped }];
    }
    const chosen = isPerVersion ? versions : versions.slice(-1);
    return chosen.map((version) => ({ case: one, version }));
  });
}

/** How {@linkcode runRuntimeJobs} runs. */
export interface RunRuntimeOptions {
  readonly subject: RuntimeSubject;
  /** A folder that the stages are made in; emptied again. */
  readonly folder: string;
  /** A text that makes the networks' names unique: letters and digits. */
  readonly unique: string;
  /** Is told each outcome as soon as it is there. */
  readonly report?: (outcome: Outcome) => void;
  /** When aborted, no further job is begun. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Puts a runtime to the test, one case after another.
 *
 * @throws The reason of the abort.
 */
export async function runRuntimeJobs(
  jobs: readonly RuntimeJob[],
  options: RunRuntimeOptions,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [index, job] of jobs.entries()) {
    options.signal?.throwIfAborted();
    const outcome = await runJob(job, { ...options, number: index + 1 });
    options.signal?.throwIfAborted();
    outcomes.push(outcome);
    options.report?.(outcome);
  }
  return outcomes;
}

async function runJob(
  { case: one, version, skipped }: RuntimeJob,
  { subject, folder, unique, number }: RunRuntimeOptions & {
    readonly number: number;
  },
): Promise<Outcome> {
  const { id, clause } = one;
  const head = { id, subject: subject.name, version, clause };
  if (skipped !== undefined) {
    const verdict = "skipped";
    return { ...head, verdict, reason: skipped, calls: [], timeMs: 0 };
  }
  const start = performance.now();
  const calls: CallRecord[] = [];
  const own = `${folder}/${number}`;
  const { verdict, reason } = await judge(async () => {
    Deno.mkdirSync(own);
    try {
      await one.run(createRuntimeStage({
        ...{ subject, version, folder: own },
        network: `net-${unique}-${number}`,
        record: (call) => void calls.push(call),
      }));
    } finally {
      Deno.removeSync(own, { recursive: true });
    }
  }, clause);
  return { ...head, verdict, reason, calls, timeMs: performance.now() - start };
}
