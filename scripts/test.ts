/**
 * Runs all tests: those beside the code, the examples in its docs, and those
 * that need the kernel; on Windows without those that need Linux. The last line counts them, and goes to
 * `build/test_summary.txt` as well.
 *
 * @module
 */
import { leftOut } from "./left_out.ts";
import { PROJECT_ROOT, projectFiles } from "./project.ts";
import { addCounts, type Counts, formatCounts } from "./test_counts.ts";

/** Runs `deno test` and shows what it prints while it runs. */
async function runTests(args: readonly string[]): Promise<Counts> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "--allow-all", ...args],
    cwd: PROJECT_ROOT,
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    stdin: "null",
    stdout: "piped",
  }).spawn();
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of child.stdout) {
    await Deno.stdout.write(chunk);
    text += decoder.decode(chunk, { stream: true });
  }
  const { success } = await child.status;
  return addCounts(text, success);
}

/** The flag that leaves out what this system cannot run. */
async function ignoreFlags(): Promise<readonly string[]> {
  const list = `${PROJECT_ROOT}/plugins/linux_only.txt`;
  const linuxOnly = await Deno.readTextFile(list);
  const files = await projectFiles();
  const paths = leftOut(Deno.build.os, { files, linuxOnly });
  return paths.length === 0 ? [] : [`--ignore=${paths.join(",")}`];
}

if (import.meta.main) {
  const file = `${PROJECT_ROOT}/build/test_summary.txt`;
  await Deno.mkdir(`${PROJECT_ROOT}/build`, { recursive: true });
  await Deno.remove(file).catch(() => {});
  const counts = await runTests([
    "--doc",
    ...await ignoreFlags(),
    ...Deno.args,
  ]);
  const line = formatCounts(counts);
  await Deno.writeTextFile(file, `${line}\n`);
  console.log(line);
  if (counts.failed > 0) Deno.exit(1);
}
