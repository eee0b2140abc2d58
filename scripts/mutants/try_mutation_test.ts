import { assertEquals } from "@std/assert";
import { applyMutation, findMutations } from "./find_mutations.ts";
import { tryEndToEnd, tryMutation, type Verdict } from "./try_mutation.ts";
import type { Ending, Workspace } from "./workspace.ts";

const SOURCE = "export const isLess = (a: number, b: number) => a < b;\n";
const [MUTATION] = findMutations(SOURCE);

/** A workspace that ends its runs as it is told, and keeps what was run. */
function workspaceOf(
  endings: readonly (Ending | Error)[],
  files: readonly string[] = [
    "lib/net/a.ts",
    "lib/net/a_test.ts",
    "lib/net/b_test.ts",
  ],
) {
  const runs: string[] = [];
  const rest = [...endings];
  let text = SOURCE;
  const workspace: Workspace = {
    files,
    read: () => Promise.resolve(text),
    write: (_file, changed) => {
      text = changed;
      return Promise.resolve();
    },
    run: (args) => {
      assertEquals(text, applyMutation(SOURCE, MUTATION!));
      runs.push(args.at(-1)!);
      const ending = rest.shift()!;
      if (ending instanceof Error) return Promise.reject(ending);
      return Promise.resolve(ending);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return { workspace, runs, text: () => text };
}

const OPTIONS = { timeoutMs: 1000, signal: new AbortController().signal };
const [OWN, OTHERS, TYPES] = [
  "lib/net/a_test.ts",
  "lib/net/b_test.ts",
  "lib/net/a.ts",
];

Deno.test("tryMutation() asks test after test, and restores the file", async (t) => {
  const cases: Record<
    string,
    readonly [readonly Ending[], Verdict, readonly string[]]
  > = {
    "with wrong types": [["failed"], "did not compile", [TYPES]],
    "caught by its own test": [["passed", "failed"], "caught", [TYPES, OWN]],
    "caught by another": [
      ["passed", "passed", "failed"],
      "caught",
      [TYPES, OWN, OTHERS],
    ],
    "in an endless loop": [["passed", "timed out"], "caught", [TYPES, OWN]],
    "passing all": [
      ["passed", "passed", "passed"],
      "survived",
      [TYPES, OWN, OTHERS],
    ],
  };
  for (const [why, [endings, verdict, runs]] of Object.entries(cases)) {
    await t.step(why, async () => {
      const trial = workspaceOf(endings);
      const mutation = { ...MUTATION!, file: "lib/net/a.ts" };
      const found = await tryMutation(trial.workspace, mutation, OPTIONS);
      assertEquals([found, trial.runs], [verdict, runs]);
      assertEquals(trial.text(), SOURCE);
    });
  }
});

Deno.test("tryMutation() restores the file when it is interrupted", async () => {
  const trial = workspaceOf([new Error("SIGINT")]);
  const mutation = { ...MUTATION!, file: "lib/net/a.ts" };
  const error = await tryMutation(trial.workspace, mutation, OPTIONS)
    .catch((error) => error);
  assertEquals(error.message, "SIGINT");
  assertEquals(trial.text(), SOURCE);
});

Deno.test("tryEndToEnd() builds, asks file after file, and restores", async (t) => {
  const tests = [
    "tests/e2e/tap_a_kernel_test.ts",
    "tests/e2e/tap_kernel_test.ts",
  ];
  const mutation = { ...MUTATION!, file: "plugins/main/tap/a.ts" };
  const build = "scripts/build.ts";
  const cases: Record<
    string,
    readonly [readonly Ending[], Verdict, readonly string[]]
  > = {
    "cannot be built": [["failed"], "caught", [build]],
    "caught by the first": [["passed", "failed"], "caught", [build, tests[0]!]],
    "in an endless loop": [
      ["passed", "passed", "timed out"],
      "caught",
      [build, ...tests],
    ],
    "passing all": [
      ["passed", "passed", "passed"],
      "survived",
      [build, ...tests],
    ],
  };
  for (const [why, [endings, verdict, runs]] of Object.entries(cases)) {
    await t.step(why, async () => {
      const trial = workspaceOf(endings, tests);
      const found = await tryEndToEnd(trial.workspace, mutation, OPTIONS);
      assertEquals([found, trial.runs], [verdict, runs]);
      assertEquals(trial.text(), SOURCE);
    });
  }
});
