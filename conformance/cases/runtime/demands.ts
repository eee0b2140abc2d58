import { type Json, sortKeys } from "../../../lib/spec/mod.ts";
import { PROBE_TYPES, type RuntimeRun } from "../../runtime/mod.ts";
import { demand } from "../../suite/mod.ts";

/** The calls of a command, first to last. */
export const FORWARD: readonly string[] = PROBE_TYPES;

/** The calls of a command, last to first. */
export const BACKWARD: readonly string[] = PROBE_TYPES.toReversed();

/**
 * Sees to it that a run called these probes with a command, in this order.
 *
 * @throws {Violation} If it did not.
 */
export function demandCalls(
  { calls }: RuntimeRun,
  command: string,
  types: readonly string[],
): void {
  const found = calls.filter((one) => one.command === command)
    .map(({ type }) => type);
  demand(
    found.join() === types.join(),
    `${command} was called for ${listOf(found)}: expected ${listOf(types)}`,
  );
}

/** Whether two JSON values are the same, whatever the order of keys. */
export function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return show(a) === show(b);
}

/** A JSON value on one line. */
export function show(value: Json | undefined): string {
  return value === undefined ? "nothing" : JSON.stringify(sortKeys(value));
}

function listOf(types: readonly string[]): string {
  return types.length === 0 ? "none" : types.join(", ");
}
