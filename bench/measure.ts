import type { Run } from "./plugins.ts";

/**
 * Runs a program and measures it.
 *
 * @returns The time from its start to its end, in milliseconds.
 * @throws {Error} If it failed: then its time says nothing.
 */
export async function measureTimeMs(
  { words: [program = "", ...args], env = {}, stdin = "" }: Run,
): Promise<number> {
  const start = performance.now();
  const child = new Deno.Command(program, {
    args,
    env: { ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  await feed(child.stdin, stdin);
  const { success, stdout, stderr } = await child.output();
  const timeMs = performance.now() - start;
  if (success) return timeMs;
  const decoder = new TextDecoder();
  const said = decoder.decode(stderr) + decoder.decode(stdout);
  throw new Error(`${program} ${args.join(" ")} failed: ${said}`);
}

/**
 * Runs a program and measures it.
 *
 * @returns The most that it, or one of its children, had in memory, in MiB.
 * @throws {Error} If it failed.
 */
export async function measurePeakMiB(run: Run): Promise<number> {
  const report = await Deno.makeTempFile();
  try {
    const time = ["/usr/bin/time", "--format=%M", `--output=${report}`];
    await measureTimeMs({ ...run, words: [...time, ...run.words] });
    return Number(await Deno.readTextFile(report)) / 1024;
  } finally {
    await Deno.remove(report);
  }
}

async function feed(
  stdin: WritableStream<Uint8Array>,
  text: string,
): Promise<void> {
  const writer = stdin.getWriter();
  try {
    if (text !== "") await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch (error) {
    // A program need not read its input.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
