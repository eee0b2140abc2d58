import { applyMutation, type Mutation } from "./find_mutations.ts";
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
 * Applies a change in the workspace, runs the nearest tests until one fails, and
 * restores the file.
 */
export async function tryMutation(
  workspace: Workspace,
  mutation: FileMutation,
  options: RunOptions,
): Promise<Verdict> {
  const { file } = mutation;
  const source = await workspace.read(file);
  await workspace.write(file, applyMutation(source, mutation));
  try {
    for (const tests of testsOf(file, source, workspace.files)) {
      const ending = await workspace.run(testArgs(tests), options);
      if (ending === "did not compile") return ending;
      if (ending !== "passed") return "caught";
    }
    // Tests that do not import it say nothing about its types.
    const types = await workspace.run(["check", file], options);
    return types === "passed" ? "survived" : "did not compile";
  } finally {
    await workspace.write(file, source);
  }
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

/** The arguments for Deno that run tests, until the first fails. */
export function testArgs(tests: readonly string[]): readonly string[] {
  return ["test", "--allow-all", "--doc", "--fail-fast", ...tests];
}
