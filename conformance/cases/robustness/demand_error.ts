import { type CallRecord, demand, type Stage } from "../../suite/mod.ts";
import { demandRefusal } from "../steps/mod.ts";

/** What programs print when they break down, by what they are written in. */
const TRACES: Readonly<Record<string, RegExp>> = {
  Go: /^(panic: |fatal error: |goroutine \d+ \[)/m,
  JavaScript: /^\s+at .*:\d+:\d+\)?$/m,
  Java: /^\s+at [\w.$]+\([\w.]+\.java:\d+\)$/m,
  Python: /^Traceback \(most recent call last\):/m,
  Rust: /^thread '.*' panicked at /m,
  "the C library": /^(Segmentation fault|Aborted|.*Assertion .* failed)/m,
};

/** What sets a terminal's colours. */
// deno-lint-ignore no-control-regex -- it begins with an escape character
const COLOURS = /\u001b\[[0-9;]*m/g;

/** Demands that a program has not broken down. */
export function demandNoTrace({ stdout, stderr }: CallRecord): void {
  const text = `${stdout}\n${stderr}`.replaceAll(COLOURS, "");
  for (const [language, pattern] of Object.entries(TRACES)) {
    demand(!pattern.test(text), `It prints a stack trace of ${language}`);
  }
}

/**
 * Demands that a call was refused in good order: no crash, no hang, no stack
 * trace, and nothing but one object on stdout.
 */
export function demandError(
  record: CallRecord,
  stage: Stage,
  why: string,
): void {
  demandNoTrace(record);
  demandRefusal(record, stage, why);
}
