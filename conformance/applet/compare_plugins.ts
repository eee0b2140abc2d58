import { readNamedFile } from "../../terminal/mod.ts";
import {
  type Explanation,
  parseExplanations,
  planComparisons,
  runComparisons,
  takeSnapshot,
  TOOLKIT,
  toolkitExplanations,
} from "../differential/mod.ts";
import { loadProfiles } from "../profiles/mod.ts";
import { createReporter } from "../report/mod.ts";
import {
  checkRequirements,
  discoverSubjects,
  findExecutables,
  openStage,
} from "../run/mod.ts";
import { statusOf } from "../suite/mod.ts";
import { absolute, chosenNames, readProfiles } from "./plugin_files.ts";
import type { DifferentialRequest } from "./read_request.ts";
import { searchPath, type TestOptions } from "./test_options.ts";

/** Compares the plugins of two folders; returns the exit status. */
export async function comparePlugins(
  request: DifferentialRequest,
  { programVersion, process, signal }: TestOptions,
): Promise<number> {
  const { spec, scenarios, stages, callLimitMs, daemon, env } = request;
  const [ours, theirs] = [request.pluginDir, request.against]
    .map((path) => absolute(path, process)) as [string, string];
  const profiles = loadProfiles(await readProfiles(request, process));
  const explanations = await readExplanations(request, process);
  await checkRequirements();
  const path = searchPath(process);
  const options = { path, env, daemon, callLimitMs, signal };
  const ourNames = chosenNames(request, await findExecutables(ours), ours);
  const theirNames = await findExecutables(theirs);
  const there = ourNames.filter((name) => theirNames.includes(name));
  const right = await discoverSubjects({
    ...options,
    ...{ folder: ours, names: ourNames, profiles },
  });
  const left = await discoverSubjects({
    ...options,
    ...{ folder: theirs, names: there, profiles },
  });
  const comparisons = planComparisons({
    ...{ left, right, scenarios, spec, against: theirs },
  });
  const reporter = createReporter(request.format, process);
  reporter.start?.(comparisons.length);
  const outcomes = await runComparisons(comparisons, {
    openStage: (stage) => openStage({ ...options, ...stage }),
    report: (outcome) => reporter.report?.(outcome),
    ...{ takeSnapshot, explanations, stages, signal },
  });
  process.writeStdout(reporter.end({
    title: `cni conformance ${programVersion}`,
    target: `${ours} against ${theirs}`,
    ...(spec === undefined ? {} : { spec }),
    outcomes,
  }));
  return statusOf(outcomes);
}

async function readExplanations(
  { explained }: DifferentialRequest,
  process: TestOptions["process"],
): Promise<readonly Explanation[]> {
  const lists = await Promise.all(
    explained.map(async (source) =>
      source === TOOLKIT
        ? toolkitExplanations()
        : parseExplanations(await readNamedFile(source, process), source)
    ),
  );
  return lists.flat();
}
