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
import { nearestTests, partOf } from "./mutants/nearest_tests.ts";
import { pickInTurn } from "./mutants/pick.ts";
import {
  type FileMutation,
  testArgs,
  tryMutation,
} from "./mutants/try_mutation.ts";
import {
  createWorkspace,
  type RunOptions,
  type Workspace,
} from "./mutants/workspace.ts";

const USAGE =
  `Usage: make mutants ARGS='[--files GLOB,…] [--count N] [--seed N] [--timeout SECONDS]'

  --files    the files to change: "**" is any folders (default: ${"lib/**"})
  --count    how many changes to try that compile (default: 20)
  --seed     which of the changes: the same seed tries the same (default: 1)
  --timeout  how long one run of tests may take (default: 120)
`;

/** What is asked for. */
interface Settings {
  readonly globs: readonly string[];
  readonly count: number;
  readonly seed: number;
  readonly timeoutMs: number;
}

function readSettings(args: readonly string[]): Settings {
  const flags = parseArgs([...args], {
    boolean: ["help"],
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
  };
}

/** The program's own files: no tests, and nothing that only they import. */
function isChangeable(file: string): boolean {
  return file.endsWith(".ts") &&
    !/(_test|\/_testing|\/_mini_\w+|\/mod|\.d)\.ts$|\/testing\//.test(file);
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

/**
 * Runs tests without a change: where they fail, they catch everything.
 *
 * @throws {Error} If one fails.
 */
async function requirePassing(
  workspace: Workspace,
  rings: readonly (readonly string[])[],
  options: RunOptions,
): Promise<void> {
  for (const tests of rings) {
    const ending = await workspace.run(testArgs(tests), options);
    if (ending === "passed") continue;
    throw new Error(`Without a change, ${tests.join(" ")} ${ending}`);
  }
}

async function run(settings: Settings, signal: AbortSignal): Promise<number> {
  await using workspace = await createWorkspace();
  const options = { timeoutMs: settings.timeoutMs, signal };
  const groups = await findAll(workspace, settings.globs);
  const checked = new Set<string>();
  const trials: Trial[] = [];
  const isDone = () =>
    trials.filter(({ verdict }) => verdict !== "did not compile").length >=
      settings.count;
  for (const mutation of pickInTurn(groups, settings)) {
    if (isDone()) break;
    // The part's tests are the same for all its files, but for those outside.
    const rings = nearestTests(mutation.file, workspace.files);
    const key = `${partOf(mutation.file)} ${rings.at(-1)?.join()}`;
    if (!checked.has(key)) await requirePassing(workspace, rings, options);
    checked.add(key);
    const verdict = await tryMutation(workspace, mutation, options);
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
