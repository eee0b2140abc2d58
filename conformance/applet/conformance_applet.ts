import {
  type TerminalProcess,
  terminalProcess,
  UsageError,
} from "../../terminal/mod.ts";
import { CniError } from "../../lib/spec/mod.ts";
import { ExplanationError } from "../differential/mod.ts";
import { loadProfiles, ProfileError } from "../profiles/mod.ts";
import { createReporter } from "../report/mod.ts";
import {
  checkRequirements,
  discoverSubjects,
  findExecutables,
  FolderError,
  openStage,
  planJobs,
  RequirementError,
  runJobs,
} from "../run/mod.ts";
import { type RunReport, statusOf } from "../suite/mod.ts";
import { comparePlugins } from "./compare_plugins.ts";
import { conformanceHelp, SEE_HELP } from "./help.ts";
import { listCases } from "./list_cases.ts";
import { absolute, chosenNames, readProfiles } from "./plugin_files.ts";
import { type PluginRequest, readRequest } from "./read_request.ts";
import { searchPath, type TestOptions } from "./test_options.ts";
import { testRuntime } from "./test_runtime.ts";

/** What the applet works with. */
export interface ConformanceOptions {
  /** The version to tell. */
  readonly programVersion: string;
  /** The process to run in. Default: the real one. */
  readonly process?: TerminalProcess;
}

/** The status of a program that was ended by Ctrl-C. */
const INTERRUPTED = 130;

/**
 * `cni conformance`: puts the plugins of a folder, or a runtime, to the test.
 * Needs root, and `--allow-run`, `--allow-read` and `--allow-write` for
 * `/run/cni` and `/var/lib/cni`.
 *
 * @param args The words after the applet's name.
 * @returns The exit status: 0 if all that must be is kept, 1 if not, 2 if it
 * could not be tried, 130 if it was interrupted.
 */
export async function conformance(
  args: readonly string[],
  { programVersion, process = terminalProcess }: ConformanceOptions,
): Promise<number> {
  const abort = new AbortController();
  const restore = process.onInterrupt(() => abort.abort());
  try {
    const request = readRequest(args);
    switch (request.kind) {
      case "help":
        process.writeStdout(conformanceHelp());
        return 0;
      case "list":
        process.writeStdout(listCases(request.cases, process));
        return 0;
      case "plugins":
        return await testPlugins(request, {
          ...{ programVersion, process, signal: abort.signal },
        });
      case "differential":
        return await comparePlugins(request, {
          ...{ programVersion, process, signal: abort.signal },
        });
      case "runtime":
        return await testRuntime(request, {
          ...{ programVersion, process, signal: abort.signal },
        });
    }
  } catch (error) {
    if (abort.signal.aborted) {
      process.writeStderr("Interrupted: nothing is left behind\n");
      return INTERRUPTED;
    }
    process.writeStderr(`Error: ${wrongUse(error)}`);
    return 2;
  } finally {
    restore();
  }
}

async function testPlugins(
  request: PluginRequest,
  { programVersion, process, signal }: TestOptions,
): Promise<number> {
  const { cases, spec, stages, callLimitMs, daemon, env } = request;
  const folder = absolute(request.pluginDir, process);
  const profiles = loadProfiles(await readProfiles(request, process));
  await checkRequirements();
  const names = chosenNames(request, await findExecutables(folder), folder);
  const path = searchPath(process);
  const options = { path, env, daemon, callLimitMs, signal };
  const subjects = await discoverSubjects({
    ...options,
    ...{ folder, names, profiles },
  });
  const jobs = planJobs(subjects, cases, spec);
  const reporter = createReporter(request.format, process);
  reporter.start?.(jobs.length);
  const outcomes = await runJobs(jobs, {
    openStage: (job) => openStage({ ...options, ...job }),
    report: (outcome) => reporter.report?.(outcome),
    ...{ stages, signal },
  });
  const report: RunReport = {
    title: `cni conformance ${programVersion}`,
    target: folder,
    ...(spec === undefined ? {} : { spec }),
    outcomes,
  };
  process.writeStdout(reporter.end(report));
  return statusOf(outcomes);
}

/** The text for what is wrong about a call of the applet; throws the rest on. */
function wrongUse(error: unknown): string {
  if (error instanceof UsageError) {
    return `${error.message}\n\n${error.hint}${SEE_HELP}`;
  }
  const isKnown = [
    ExplanationError,
    ProfileError,
    FolderError,
    RequirementError,
    CniError,
  ]
    .some((one) => error instanceof one);
  if (!isKnown) throw error;
  return `${(error as Error).message}\n`;
}
