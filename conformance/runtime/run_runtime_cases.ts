import { judge, runEach } from "../run/mod.ts";
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
export function runRuntimeJobs(
  jobs: readonly RuntimeJob[],
  options: RunRuntimeOptions,
): Promise<readonly Outcome[]> {
  const run = (job: RuntimeJob, index: number) =>
    runJob(job, { ...options, number: index + 1 });
  return runEach(jobs, run, options);
}

function runJob(
  { case: one, version, skipped }: RuntimeJob,
  { subject, folder, unique, number }: RunRuntimeOptions & {
    readonly number: number;
  },
): Promise<Outcome> {
  const { id, clause } = one;
  const judged = { id, subject: subject.name, version, clause, skipped };
  return judge(judged, async (findings) => {
    const calls: CallRecord[] = [];
    findings.calls = calls;
    const own = `${folder}/${number}`;
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
  });
}
