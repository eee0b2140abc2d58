import type { CallRecord } from "../suite/mod.ts";
import { printableLine } from "./printable.ts";

/** A call as text for people. */
export interface CallText {
  /** Variables and program, as one could type them. */
  readonly command: string;
  /** How it ended, in a few words. */
  readonly ending: string;
}

/** Puts a call into words. */
export function describeCall(
  { program, env, status, timedOut, timeMs }: CallRecord,
): CallText {
  const variables = Object.entries(env)
    .filter(([name]) => name !== "PATH")
    .map(([name, value]) => `${name}=${quote(value)}`);
  return {
    command: printableLine([...variables, program].join(" ")),
    ending: timedOut
      ? `ended after ${formatTime(timeMs)}, for it took too long`
      : status > 128
      ? `status ${status} (signal ${status - 128})`
      : `status ${status}`,
  };
}

/**
 * A time for people.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(formatTime(38.4), "38 ms");
 * assertEquals(formatTime(12_340), "12.3 s");
 * ```
 */
export function formatTime(timeMs: number): string {
  return timeMs < 1000
    ? `${Math.round(timeMs)} ms`
    : `${(timeMs / 1000).toFixed(1)} s`;
}

/** A word for a shell. */
function quote(word: string): string {
  return /^[\w./:,=@+-]*$/.test(word)
    ? word
    : `'${word.replaceAll("'", "'\\''")}'`;
}
