import { assertEquals, assertStringIncludes } from "@std/assert";
import { runDeno } from "../scripts/deno_command.ts";
import { PROJECT_ROOT } from "../scripts/project.ts";

const PASSING = `Deno.test("passes", () => {});
Deno.test({ name: "is skipped", ignore: true, fn: () => {} });
`;
const FAILING = `Deno.test("fails", () => { throw new Error("why"); });\n`;
const EXAMPLE = "/**\n * ```ts\n * throw new Error('example');\n * ```\n */\n" +
  "export const one = 1;\n";

Deno.test("make test counts on its last line, and fails if a test does", async (t) => {
  const cases: Record<string, readonly [string, string, boolean]> = {
    "passing": [PASSING, "1 passed, 0 failed, 1 skipped", true],
    "failing": [PASSING + FAILING, "1 passed, 1 failed, 1 skipped", false],
    "an example": [PASSING + EXAMPLE, "1 passed, 1 failed, 1 skipped", false],
    "wrong code": ["const", "0 passed, 1 failed", false],
  };
  const folder = await Deno.makeTempDir();
  try {
    for (const [why, [text, counts, success]] of Object.entries(cases)) {
      await t.step(why, async () => {
        const file = `${folder}/a_test.ts`;
        await Deno.writeTextFile(file, text);
        const script = `${PROJECT_ROOT}/scripts/test.ts`;
        const output = await runDeno(["run", "--quiet", "-A", script, file]);
        const lines = output.stdout.trimEnd().split("\n");
        assertEquals([lines.at(-1), output.success], [counts, success]);
        const summary = `${PROJECT_ROOT}/build/test_summary.txt`;
        assertEquals(await Deno.readTextFile(summary), `${counts}\n`);
        // What ran was shown as well.
        if (text.includes("passes")) {
          assertStringIncludes(output.stdout, "passes ... ok");
        }
      });
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
