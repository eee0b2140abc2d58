import type { CallRecord, Outcome, Stage } from "../suite/mod.ts";
import { judge } from "./judge.ts";
import type { Job } from "./plan_jobs.ts";

/** A stage, and the calls that were made on it. */
export interface JobStage extends AsyncDisposable {
  readonly stage: Stage;
  readonly calls: readonly CallRecord[];
}

/** How {@linkcode runJobs} runs. */
export interface RunJobsOptions {
  /** Makes the stage of a job. */
  readonly openStage: (job: Job) => Promise<JobStage>;
  /** How many stages there may be at a time. */
  readonly stages: number;
  /** Is told each outcome as soon as it is there. */
  readonly report?: (outcome: Outcome) => void;
  /** When aborted, no job is begun and those that run are left. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs jobs, a few at a time, each on a stage of its own.
 *
 * @returns The outcomes, in the order of the jobs.
 * @throws The reason of the abort, when all stages are gone.
 */
export async function runJobs(
  jobs: readonly Job[],
  { openStage, stages, report, signal }: RunJobsOptions,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  let next = 0;
  const work = async () => {
    while (!signal?.aborted) {
      const index = next++;
      const job = jobs[index];
      if (job === undefined) return;
      const outcome = await runJob(job, openStage);
      if (signal?.aborted) return;
      outcomes[index] = outcome;
      report?.(outcome);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, stages) }, work));
  signal?.throwIfAborted();
  return outcomes;
}

async function runJob(
  job: Job,
  openStage: RunJobsOptions["openStage"],
): Promise<Outcome> {
  const { case: one, subject, version, skipped } = job;
  const head = {
    id: one.id,
    subject: subject.name,
    version,
    clause: one.clause,
  };
  if (skipped !== undefined) {
    const verdict = "skipped";
    return { ...head, verdict, reason: skipped, calls: [], timeMs: 0 };
  }
  const start = performance.now();
  let calls: readonly CallRecord[] = [];
  const { verdict, reason } = await judge(async () => {
    await using open = await openStage(job);
    calls = open.calls;
    await one.run(open.stage);
  }, one.clause);
  return { ...head, verdict, reason, calls, timeMs: performance.now() - start };
}
