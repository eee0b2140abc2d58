/**
 * Runs all tests: those beside the code, the examples in its docs, and those
 * that need the kernel; on Windows without those that need Linux. Those that
 * go from end to end run once more where a resident mode was built, with a
 * daemon for each host. Those that were skipped because this kernel lacks a
 * kind of link run in a machine that has it (`scripts/vm.ts`). The last line
 * counts all of them, and goes to `build/test_summary.txt` as well.
 *
 * @module
 */
import { canMakeLink } from "../tests/e2e/_requirements.ts";
import { leftOut } from "./left_out.ts";
import { PROJECT_ROOT, projectFiles } from "./project.ts";
import {
  addCounts,
  type Counts,
  formatCounts,
  sumCounts,
} from "./test_counts.ts";
import {
  filesNaming,
  findKernel,
  NO_KERNEL,
  showNow,
  testInMachine,
} from "./vm.ts";

/** Runs `deno test` and shows what it prints while it runs. */
async function runTests(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Counts> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "--allow-all", ...args],
    cwd: PROJECT_ROOT,
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", ...env },
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

/** Tests that choose the mode themselves. */
const OF_BOTH_MODES = [
  "tests/e2e/cri_kernel_test.ts",
  "tests/e2e/daemon_*_kernel_test.ts",
  "tests/e2e/daemon_kernel_test.ts",
];

/** Runs the end-to-end tests by a daemon, where `make build` could make it. */
async function runResident(): Promise<readonly Counts[]> {
  if (Deno.args.length > 0 || Deno.build.os !== "linux") return [];
  const program = `${PROJECT_ROOT}/build/resident/cni`;
  if (await Deno.stat(program).catch(() => undefined) === undefined) {
    console.log("Not run by a daemon: build/resident needs a C compiler");
    return [];
  }
  console.log("\nThe end-to-end tests, by a daemon");
  const args = ["tests/e2e", `--ignore=${OF_BOTH_MODES.join(",")}`];
  return [await runTests(args, { CNI_TEST_RESIDENT: "1" })];
}

/**
 * Runs in a machine what this kernel cannot run. That goes on beside the other
 * tests, which mostly wait for one process at a time: what it prints is handed
 * back for later.
 */
async function runInMachine(): Promise<
  { text: string; counts: readonly Counts[] }
> {
  const isHere = Deno.build.os === "linux" && Deno.uid() === 0;
  if (Deno.args.length > 0 || !isHere) return { text: "", counts: [] };
  const files = await filesNaming((kind) => !canMakeLink(kind));
  if (files.length === 0) return { text: "", counts: [] };
  const kernel = findKernel();
  if (kernel === undefined) return { text: `${NO_KERNEL}\n`, counts: [] };
  let text = "\nThe tests that this kernel cannot run, in a virtual machine\n";
  const counts = await testInMachine(kernel, files, (part) => {
    text += part;
    return Promise.resolve();
  });
  return { text, counts: [counts] };
}

if (import.meta.main) {
  const file = `${PROJECT_ROOT}/build/test_summary.txt`;
  await Deno.mkdir(`${PROJECT_ROOT}/build`, { recursive: true });
  await Deno.remove(file).catch(() => {});
  const machine = runInMachine();
  const counts = await runTests([
    "--doc",
    ...await ignoreFlags(),
    ...Deno.args,
  ]);
  const resident = await runResident();
  const { text, counts: inMachine } = await machine;
  await showNow(text);
  const total = sumCounts([counts, ...resident, ...inMachine]);
  const line = formatCounts(total);
  await Deno.writeTextFile(file, `${line}\n`);
  console.log(line);
  if (total.failed > 0) Deno.exit(1);
}
