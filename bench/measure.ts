import type { Act, Run, Unit } from "./contest.ts";
import { type Background, CHILDREN_CPU_FIELDS, cpuMsOf } from "./daemon.ts";
import { measureWork } from "./measure_work.ts";

/**
 * Does an act and measures it.
 *
 * @param background What works for it besides: its processor time counts.
 * @returns Milliseconds, or MiB for the peak of the largest process.
 * @throws {Error} If it failed: then what was measured says nothing.
 */
export async function measure(
  act: Act,
  unit: Unit,
  background?: Background,
): Promise<number> {
  const before = background?.cpuMs() ?? 0;
  const own = typeof act === "function"
    ? await measureFunction(act, unit, background)
    : "run" in act
    ? await measureWork(act, unit)
    : await measureRuns(act, unit);
  if (unit !== "ms CPU" || background === undefined) return own;
  return own + background.cpuMs() - before;
}

async function measureFunction(
  act: () => Promise<void>,
  unit: Unit,
  background: Background | undefined,
): Promise<number> {
  if (unit === "ms") return await measureTimeMs(act);
  const before = cpuMsOf("self", CHILDREN_CPU_FIELDS);
  await act();
  return unit === "MiB"
    ? background?.memoryMiB() ?? NaN
    : cpuMsOf("self", CHILDREN_CPU_FIELDS) - before;
}

async function measureRuns(
  act: readonly Run[],
  unit: Unit,
): Promise<number> {
  if (unit === "ms") {
    return await measureTimeMs(async () => {
      for (const run of act) await runProgram(run);
    });
  }
  const values: number[] = [];
  for (const run of act) {
    values.push(
      await (unit === "MiB" ? measurePeakMiB(run) : measureCpuMs(run)),
    );
  }
  return unit === "MiB" ? Math.max(...values) : sum(values);
}

async function measureTimeMs(act: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}

/** Its own and its children's time, as bash knows it to a millisecond. */
async function measureCpuMs(run: Run): Promise<number> {
  const script = "TIMEFORMAT='%3U %3S' && time \"$@\" 2>&3";
  const words = ["bash", "-c", `{ ${script}; } 3>/dev/null`, "bash"];
  const { stderr } = await runProgram({
    ...run,
    words: [...words, ...run.words],
  });
  return sum(stderr.trim().split(" ").map(Number)) * 1000;
}

async function measurePeakMiB(run: Run): Promise<number> {
  const report = await Deno.makeTempFile();
  try {
    const time = ["/usr/bin/time", "--format=%M", `--output=${report}`];
    await runProgram({ ...run, words: [...time, ...run.words] });
    return Number(await Deno.readTextFile(report)) / 1024;
  } finally {
    await Deno.remove(report);
  }
}

/**
 * Runs a program that must succeed.
 *
 * @throws {Error} With what it said.
 */
export async function runProgram(
  { words: [program = "", ...args], env = {}, stdin = "", keep }: Run,
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const child = new Deno.Command(program, {
    args,
    env: { ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const text = typeof stdin === "string" ? stdin : stdin();
  const input = ReadableStream.from([new TextEncoder().encode(text)]);
  const [output] = await Promise.all([
    child.output(),
    // A program need not read its input.
    input.pipeTo(child.stdin).catch(ignoreBrokenPipe),
  ]);
  const stdout = new TextDecoder().decode(output.stdout);
  const stderr = new TextDecoder().decode(output.stderr);
  if (output.success) {
    keep?.(stdout);
    return { stdout, stderr };
  }
  throw new Error(`${program} ${args.join(" ")} failed: ${stderr}${stdout}`);
}

function ignoreBrokenPipe(error: unknown): void {
  if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
