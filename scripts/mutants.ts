/**
 * Asks whether the tests would notice: applies one small wrong change at a time
 * to a copy of the project, runs the nearest tests, and says which changes they
 * caught and which survived. Exits with status 1 if one survived.
 *
 * ```sh
 * make mutants ARGS='--files "lib/net/**" --count 20'
 * ```
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import equivalents from "./mutants/equivalent.json" with { type: "json" };
import { isEquivalent } from "./mutants/equivalent.ts";
import { findMutations } from "./mutants/find_mutations.ts";
import {
  formatReport,
  formatTrial,
  type Trial,
} from "./mutants/format_report.ts";
import { matchesGlobs } from "./mutants/matches_globs.ts";
import { nearestE2e } from "./mutants/nearest_e2e.ts";
import { nearestTests, partOf } from "./mutants/nearest_tests.ts";
import { pickInTurn } from "./mutants/pick.ts";
import {
  e2eRuns,
  type FileMutation,
  testArgs,
  tryEndToEnd,
  tryMutation,
  type Verdict,
} from "./mutants/try_mutation.ts";
import {
  createWorkspace,
  type RunOptions,
  type Workspace,
} from "./mutants/workspace.ts";

const USAGE =
  `Usage: make mutants ARGS='[--files GLOB,…] [--count N] [--seed N] [--timeout SECONDS] [--e2e]'

  --files    the files to change: "**" is any folders (default: ${"lib/**"})
  --count    how many changes to try that compile (default: 20)
  --seed     which of the changes: the same seed tries the same (default: 1)
  --timeout  how long one run of tests may take (default: 120)
  --e2e      build what passes, and run the nearest of tests/e2e (as root)
`;

/** What is asked for. */
interface Settings {
  readonly globs: readonly string[];
  readonly count: number;
  readonly seed: number;
  readonly timeoutMs: number;
  readonly e2e: boolean;
}

function readSettings(args: readonly string[]): Settings {
  const flags = parseArgs([...args], {
    boolean: ["help", "e2e"],
    string: ["files", "count", "seed", "timeout"],
    default: { files: "lib/**", count: "20", seed: "1", timeout: "120" },
    unknown: (word) => {
      throw new SyntaxError(`Cannot use ${JSON.stringify(word)}`);
    },
  });
  if (flags.help) {
    console.log(USAGE);
    Deno.exit(0);
  }
  const number = (name: "count" | "seed" | "timeout") => {
    const text = flags[name] ?? "";
    if (/^\d{1,9}$/.test(text)) return Number(text);
    throw new SyntaxError(`Cannot use --${name} ${JSON.stringify(text)}`);
  };
  return {
    globs: (flags.files ?? "").split(","),
    count: number("count"),
    seed: number("seed"),
    timeoutMs: number("timeout") * 1000,
    e2e: flags.e2e,
  };
}

/** The program's own files: no tests, and nothing that only they import. */
function isChangeable(file: string): boolean {
  return file.endsWith(".ts") &&
    !/(_test|\/_testing|\/mod|\.d)\.ts$|\/testing\//.test(file) &&
    // Outside of lib, a file that begins with `_` is what tests share.
    (file.startsWith("lib/") || !/\/_\w+\.ts$/.test(file));
}

/** The changes of each file that can be made. */
async function findAll(
  workspace: Workspace,
  globs: readonly string[],
): Promise<readonly (readonly FileMutation[])[]> {
  const files = workspace.files.filter((file) =>
    isChangeable(file) && matchesGlobs(file, globs)
  );
  return await Promise.all(files.map(async (file) => {
    const found = findMutations(await workspace.read(file));
    return found.map((mutation) => ({ ...mutation, file }))
      .filter((mutation) => !isEquivalent(mutation, equivalents));
  }));
}

/** Those that were run without a change, and the options of a run. */
interface CheckOptions extends RunOptions {
  readonly checked: Set<string>;
}

/** What the nearest tests, without those end to end, say of a change. */
async function tryNearest(
  workspace: Workspace,
  mutation: FileMutation,
  { checked, ...options }: CheckOptions,
): Promise<Verdict> {
  // The part's tests are the same for all its files, but for those outside.
  const rings = nearestTests(mutation.file, workspace.files);
  const key = `${partOf(mutation.file)} ${rings.at(-1)?.join()}`;
  if (!checked.has(key)) {
    await requirePassing(workspace, rings.map(testArgs), options);
  }
  checked.add(key);
  return await tryMutation(workspace, mutation, options);
}

/** What the nearest end-to-end tests say of a change. */
async function tryE2e(
  workspace: Workspace,
  mutation: FileMutation,
  { checked, ...options }: CheckOptions,
): Promise<Verdict> {
  const tests = nearestE2e(mutation.file, workspace.files);
  const runs = e2eRuns(tests.filter((test) => !checked.has(test)));
  await requirePassing(workspace, runs, options);
  for (const test of tests) checked.add(test);
  return await tryEndToEnd(workspace, mutation, options);
}

/**
 * Runs tests without a change: where they fail, they catch everything.
 *
 * @throws {Error} If one fails.
 */
async function requirePassing(
  workspace: Workspace,
  runs: readonly (readonly string[])[],
  options: RunOptions,
): Promise<void> {
  for (const args of runs) {
    const ending = await workspace.run(args, options);
    if (ending === "passed") continue;
    throw new Error(`Without a change, deno ${args.join(" ")} ${ending}`);
  }
}

async function run(settings: Settings, signal: AbortSignal): Promise<number> {
  await using workspace = await createWorkspace();
  const { timeoutMs, e2e } = settings;
  const options = { timeoutMs, signal, checked: new Set<string>() };
  const groups = await findAll(workspace, settings.globs);
  const trials: Trial[] = [];
  const isDone = () =>
    trials.filter(({ verdict }) => verdict !== "did not compile").length >=
      settings.count;
  for (const mutation of pickInTurn(groups, settings)) {
    if (isDone()) break;
    let verdict = await tryNearest(workspace, mutation, options);
    if (e2e && verdict === "survived") {
      verdict = await tryE2e(workspace, mutation, options);
    }
    trials.push({ mutation, verdict });
    console.log(formatTrial({ mutation, verdict }));
  }
  console.log(`\n${formatReport(trials)}`);
  return trials.some(({ verdict }) => verdict === "survived") ? 1 : 0;
}

if (import.meta.main) {
  const interrupt = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => interrupt.abort(new Error(signal)));
  }
  try {
    Deno.exit(await run(readSettings(Deno.args), interrupt.signal));
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    console.error(error instanceof SyntaxError ? `${text}\n${USAGE}` : text);
    Deno.exit(interrupt.signal.aborted ? 130 : 2);
  }
}
