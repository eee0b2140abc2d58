import { applyMutation, type Mutation } from "./find_mutations.ts";
import { nearestE2e } from "./nearest_e2e.ts";
import { nearestTests } from "./nearest_tests.ts";
import type { RunOptions, Workspace } from "./workspace.ts";

/** A change of one file. */
export interface FileMutation extends Mutation {
  /** Relative to the project's root. */
  readonly file: string;
}

/** What became of a change; one that does not compile does not count. */
export type Verdict = "caught" | "survived" | "did not compile";

/**
 * Applies a change in the workspace, checks its types, runs the nearest tests
 * until one fails, and restores the file.
 */
export async function tryMutation(
  workspace: Workspace,
  mutation: FileMutation,
  options: RunOptions,
): Promise<Verdict> {
  const { file } = mutation;
  await using source = await change(workspace, mutation);
  const types = await workspace.run(["check", file], options);
  if (types !== "passed") return "did not compile";
  for (const tests of testsOf(file, source.text, workspace.files)) {
    if (await workspace.run(testArgs(tests), options) !== "passed") {
      return "caught";
    }
  }
  return "survived";
}

/**
 * Applies a change that {@linkcode tryMutation} let pass, builds the program,
 * runs the nearest end-to-end tests until one fails, and restores the file. What
 * was built stays in the workspace until the next build.
 */
export async function tryEndToEnd(
  workspace: Workspace,
  mutation: FileMutation,
  options: RunOptions,
): Promise<Verdict> {
  await using _source = await change(workspace, mutation);
  const tests = nearestE2e(mutation.file, workspace.files);
  for (const args of e2eRuns(tests)) {
    if (await workspace.run(args, options) !== "passed") return "caught";
  }
  return "survived";
}

/** Applies a change; disposing of what is returned restores the file. */
async function change(workspace: Workspace, mutation: FileMutation) {
  const { file } = mutation;
  const text = await workspace.read(file);
  await workspace.write(file, applyMutation(text, mutation));
  return {
    text,
    [Symbol.asyncDispose]: () => workspace.write(file, text),
  };
}

/** The lists of files to test, one after the other: first those with examples. */
export function testsOf(
  file: string,
  source: string,
  files: readonly string[],
): readonly (readonly string[])[] {
  const hasExample = /^ *\* ```ts$/m.test(source);
  const rings = nearestTests(file, files);
  return hasExample ? [[file], ...rings] : rings;
}

/**
 * The arguments for Deno that run tests, until the first fails. Types are left
 * out: to check them takes longer than most tests.
 */
export function testArgs(tests: readonly string[]): readonly string[] {
  const flags = ["--allow-all", "--no-check", "--fail-fast"];
  return ["test", ...flags, "--doc", ...tests];
}

/**
 * The arguments for Deno that build the program and run end-to-end tests: a run
 * for each file, as some take half a minute.
 */
export function e2eRuns(
  tests: readonly string[],
): readonly (readonly string[])[] {
  if (tests.length === 0) return [];
  const build = ["run", "--allow-all", "scripts/build.ts"];
  return [build, ...tests.map((test) => testArgs([test]))];
}
