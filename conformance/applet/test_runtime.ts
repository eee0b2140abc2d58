import { createReporter } from "../report/mod.ts";
import { checkRequirements } from "../run/mod.ts";
import {
  openRuntime,
  planRuntimeJobs,
  runRuntimeJobs,
} from "../runtime/mod.ts";
import { statusOf } from "../suite/mod.ts";
import type { RuntimeRequest } from "./read_request.ts";
import { searchPath, type TestOptions } from "./test_options.ts";

/** Puts a runtime to the test; returns the exit status. */
export async function testRuntime(
  { command, spec, cases, format, callLimitMs }: RuntimeRequest,
  { programVersion, process, signal }: TestOptions,
): Promise<number> {
  await checkRequirements();
  const path = searchPath(process);
  await using runtime = await openRuntime({
    ...{ command, cwd: process.cwd(), path, callLimitMs, signal },
  });
  const jobs = planRuntimeJobs(cases, spec);
  const reporter = createReporter(format, process);
  reporter.start?.(jobs.length);
  const outcomes = await runRuntimeJobs(jobs, {
    ...runtime,
    report: (outcome) => reporter.report?.(outcome),
    signal,
  });
  process.writeStdout(reporter.end({
    title: `cni conformance ${programVersion}`,
    target: command,
    ...(spec === undefined ? {} : { spec }),
    outcomes,
  }));
  return statusOf(outcomes);
}
