/**
 * Runs all tests: those beside the code, the examples in its docs, and those
 * that need the kernel; on Windows without those that need Linux. Those that
 * go from end to end run once more where a resident mode was built, with a
 * daemon for each host. Those that were skipped because this kernel lacks a
 * kind of link run in a machine that has it (`scripts/vm.ts`). All go in two
 * lanes, since they mostly wait for the programs that they start; what each
 * prints has its run's name in front. The last line counts all of them, and
 * goes to `build/test_summary.txt` as well.
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
  type Show,
  testInMachine,
} from "./vm.ts";

/** Tests that run together. */
interface TestRun {
  /** What stands in front of the lines that they print. */
  readonly name: string;
  /** Runs them; hands on what they print while they run. */
  readonly run: (show: Show) => Promise<Counts>;
}

/** How many runs go on at a time. */
const LANES = 2;

/** A run of `deno test`. */
function denoTest(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): TestRun {
  const run = async (show: Show) => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["test", "--allow-all", ...args],
      cwd: PROJECT_ROOT,
      env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", ...env },
      stdin: "null",
      stdout: "piped",
    }).spawn();
    let text = "";
    const parts = child.stdout.pipeThrough(new TextDecoderStream());
    for await (const part of parts) {
      show(part);
      text += part;
    }
    const { success } = await child.status;
    return addCounts(text, success);
  };
  return { name, run };
}

/** Shows whole lines, with a name in front. */
function showNamed(name: string): Show {
  let rest = "";
  return (part) => {
    const lines = (rest + part).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      console.log(name === "" ? line : `${name} | ${line}`);
    }
  };
}

/** Does all runs, {@linkcode LANES} at a time, in their order. */
async function runAll(runs: readonly TestRun[]): Promise<Counts> {
  const waiting = [...runs];
  const counts: Counts[] = [];
  const lane = async () => {
    for (let run = waiting.shift(); run !== undefined; run = waiting.shift()) {
      counts.push(await run.run(showNamed(run.name)));
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return sumCounts(counts);
}

/** The flag that leaves out what this system cannot run. */
async function ignoreFlags(): Promise<readonly string[]> {
  const list = `${PROJECT_ROOT}/plugins/linux_only.txt`;
  const linuxOnly = await Deno.readTextFile(list);
  const files = await projectFiles();
  const paths = leftOut(Deno.build.os, { files, linuxOnly });
  return paths.length === 0 ? [] : [`--ignore=${paths.join(",")}`];
}

const END_TO_END = "tests/e2e";

/** Tests that choose the mode themselves. */
const OF_BOTH_MODES = [
  "tests/e2e/cri_kernel_test.ts",
  "tests/e2e/daemon_*_kernel_test.ts",
  "tests/e2e/daemon_kernel_test.ts",
];

/** The end-to-end tests by a daemon, where `make build` could make it. */
async function residentRuns(): Promise<readonly TestRun[]> {
  const program = `${PROJECT_ROOT}/build/resident/cni`;
  if (await Deno.stat(program).catch(() => undefined) === undefined) {
    console.log("Not run by a daemon: build/resident needs a C compiler");
    return [];
  }
  const ignored = `--ignore=${OF_BOTH_MODES.join(",")}`;
  const env = { CNI_TEST_RESIDENT: "1" };
  return [denoTest("resident", [END_TO_END, ignored], env)];
}

/** What this kernel cannot run, in a machine whose kernel can. */
async function machineRuns(): Promise<readonly TestRun[]> {
  if (Deno.uid() !== 0) return [];
  const files = await filesNaming((kind) => !canMakeLink(kind));
  if (files.length === 0) return [];
  const kernel = findKernel();
  if (kernel === undefined) {
    console.log(NO_KERNEL);
    return [];
  }
  const run = (show: Show) => testInMachine(kernel, files, show);
  return [{ name: "machine", run }];
}

/** What is run: all there is, or what the arguments name. */
async function testRuns(): Promise<readonly TestRun[]> {
  const flags = ["--doc", ...await ignoreFlags(), ...Deno.args];
  if (Deno.args.length > 0 || Deno.build.os !== "linux") {
    return [denoTest("", flags)];
  }
  return [
    denoTest("direct", [END_TO_END]),
    denoTest("unit", [...flags, `--ignore=${END_TO_END}`]),
    ...await residentRuns(),
    ...await machineRuns(),
  ];
}

if (import.meta.main) {
  const file = `${PROJECT_ROOT}/build/test_summary.txt`;
  await Deno.mkdir(`${PROJECT_ROOT}/build`, { recursive: true });
  await Deno.remove(file).catch(() => {});
  const total = await runAll(await testRuns());
  const line = formatCounts(total);
  await Deno.writeTextFile(file, `${line}\n`);
  console.log(line);
  if (total.failed > 0) Deno.exit(1);
}
