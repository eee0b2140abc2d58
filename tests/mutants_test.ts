import { assertEquals, assertMatch } from "@std/assert";
import { PROJECT_ROOT } from "../scripts/project.ts";

/** What the checkout's file is, and what is left of workspaces. */
async function stateOf(file: string, temp: string) {
  const text = await Deno.readTextFile(file);
  const left = [...Deno.readDirSync(temp)].map(({ name }) => name);
  return { text, left };
}

/** Starts `scripts/mutants.ts` with its workspace in a folder. */
function start(temp: string, args: readonly string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "-A",
      `${PROJECT_ROOT}/scripts/mutants.ts`,
      ...args,
    ],
    env: { TMPDIR: temp, NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

const FILE = "terminal/suggest.ts";

Deno.test({
  name: "mutants leaves the checkout alone, also when interrupted",
  ignore: Deno.build.os === "windows",
  async fn(t) {
    const temp = await Deno.makeTempDir();
    const path = `${PROJECT_ROOT}/${FILE}`;
    const before = await Deno.readTextFile(path);
    try {
      await t.step("to its end", async () => {
        const args = ["--files", FILE, "--count", "1", "--seed", "4"];
        const { stdout } = await start(temp, args).output();
        const last = new TextDecoder().decode(stdout).trim().split("\n").at(
          -1,
        )!;
        assertMatch(
          last,
          /^[01] of 1 caught \(\d+ %\), [01] survived; \d+ did/,
        );
        assertEquals(await stateOf(path, temp), { text: before, left: [] });
      });
      await t.step("interrupted", async () => {
        const child = start(temp, ["--files", FILE, "--count", "99"]);
        const reader = child.stdout.getReader();
        await reader.read(); // The first trial is done, the next one runs.
        child.kill("SIGINT");
        reader.releaseLock();
        const [{ code }] = await Promise.all([
          child.status,
          child.stdout.cancel(),
          child.stderr.cancel(),
        ]);
        assertEquals(code, 130);
        assertEquals(await stateOf(path, temp), { text: before, left: [] });
      });
    } finally {
      await Deno.remove(temp, { recursive: true });
    }
  },
});
