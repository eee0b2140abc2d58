import type { CallRecord, Outcome, Stage } from "../suite/mod.ts";
import { judge } from "./judge.ts";
import type { Job } from "./plan_jobs.ts";
import { runEach } from "./run_each.ts";

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
export function runJobs(
  jobs: readonly Job[],
  { openStage, stages, report, signal }: RunJobsOptions,
): Promise<readonly Outcome[]> {
  const options = { atATime: stages, report, signal };
  return runEach(jobs, (job) => runJob(job, openStage), options);
}

function runJob(
  job: Job,
  openStage: RunJobsOptions["openStage"],
): Promise<Outcome> {
  const { case: { id, clause, run }, subject, version, skipped } = job;
  const judged = { id, subject: subject.name, version, clause, skipped };
  return judge(judged, async (findings) => {
    await using open = await openStage(job);
    findings.calls = open.calls;
    await run(open.stage);
  });
}
