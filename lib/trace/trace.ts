/** Takes a trace's lines, each with its newline. */
export type TraceSink = (line: string) => void;

/**
 * Whom to tell; nobody unless `startTrace` was called. It is the process's, as
 * the clock is: handed around, it would be in the signature of everything.
 */
let tell: TraceSink | undefined;

/** What times are counted from, in milliseconds since the process began. */
let originMs = 0;

/**
 * Has every step that is `traced` told when it ends. For people who look for
 * where the time goes: `CNI_TRACE=1` has the program call it.
 *
 * @param sink Takes the lines; absent to stop.
 * @param fromMs What times are counted from; the process's start when absent.
 */
export function startTrace(sink?: TraceSink, fromMs = 0): void {
  tell = sink;
  originMs = fromMs;
}

/**
 * Does something, and tells how long it took, if a trace was started. Times
 * are in milliseconds since the program's start; steps overlap where they run
 * side by side, and end after those that they consist of.
 *
 * @param step Says what is done; not called without a trace.
 * @throws {unknown} What `act` throws.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(await traced(() => "count", () => Promise.resolve(3)), 3);
 * ```
 */
export function traced<T>(
  step: () => string,
  act: () => Promise<T>,
): Promise<T> {
  return tell === undefined ? act() : timed(step(), act, tell);
}

async function timed<T>(
  step: string,
  act: () => Promise<T>,
  sink: TraceSink,
): Promise<T> {
  const start = performance.now();
  let failed = "";
  try {
    return await act();
  } catch (error) {
    failed = " (failed)";
    throw error;
  } finally {
    const end = performance.now();
    sink(`${traceTimes(start, end)}  ${oneLine(step)}${failed}\n`);
  }
}

/** Start, end and duration in columns, in milliseconds. */
function traceTimes(startMs: number, endMs: number): string {
  const [start, end, time] = [
    startMs - originMs,
    endMs - originMs,
    endMs - startMs,
  ]
    .map((value) => value.toFixed(1).padStart(6));
  return `cni trace: ${start} -${end} ms ${time} ms`;
}

/** A step may quote what came from outside: it stays on its line. */
function oneLine(text: string): string {
  // deno-lint-ignore no-control-regex -- these are what is to be kept away
  return text.replace(/[\x00-\x1f\x7f]+/g, " ").trim();
}
