/**
 * Runs all tests: those beside the code, the examples in its docs, and those
 * that need the kernel; on Windows without those that need Linux. Those that
 * go from end to end run once more where a resident mode was built, with a
 * daemon for each host. They run in two lanes, since they mostly wait for the
 * programs that they start; what each prints has its run's name in front. The
 * last line counts all of them, and goes to `build/test_summary.txt` as well.
 *
 * @module
 */
import { leftOut } from "./left_out.ts";
import { PROJECT_ROOT, projectFiles } from "./project.ts";
import {
  addCounts,
  type Counts,
  formatCounts,
  sumCounts,
} from "./test_counts.ts";

/** One run of `deno test`. */
interface TestRun {
  /** What stands in front of the lines that it prints. */
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** How many runs go on at a time. */
const LANES = 2;

/** Runs `deno test` and shows what it prints while it runs, line by line. */
async function runTests({ name, args, env }: TestRun): Promise<Counts> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "--allow-all", ...args],
    cwd: PROJECT_ROOT,
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", ...env },
    stdin: "null",
    stdout: "piped",
  }).spawn();
  let text = "", rest = "";
  const show = (line: string) =>
    console.log(name === "" ? line : `${name} | ${line}`);
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(show);
  }
  if (rest !== "") show(rest);
  const { success } = await child.status;
  return addCounts(text, success);
}

/** Does all runs, {@linkcode LANES} at a time, in their order. */
async function runAll(runs: readonly TestRun[]): Promise<Counts> {
  const waiting = [...runs];
  const counts: Counts[] = [];
  const lane = async () => {
    for (let run = waiting.shift(); run !== undefined; run = waiting.shift()) {
      counts.push(await runTests(run));
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
  const env = { CNI_TEST_RESIDENT: "1" };
  const ignored = `--ignore=${OF_BOTH_MODES.join(",")}`;
  return [{ name: "resident", args: [END_TO_END, ignored], env }];
}

/** What is run: all there is, or what the arguments name. */
async function testRuns(): Promise<readonly TestRun[]> {
  const flags = ["--doc", ...await ignoreFlags(), ...Deno.args];
  if (Deno.args.length > 0 || Deno.build.os !== "linux") {
    return [{ name: "", args: flags }];
  }
  return [
    { name: "direct", args: [END_TO_END] },
    { name: "unit", args: [...flags, `--ignore=${END_TO_END}`] },
    ...await residentRuns(),
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
