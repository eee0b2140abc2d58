import { isJsonObject, type JsonObject } from "../../lib/spec/mod.ts";
import type { CallRecord } from "./stage.ts";
import { Violation } from "./violation.ts";

/** The statuses by which `nsenter` says that it could not start a program. */
const NOT_STARTED = [126, 127];

/** How a call is named in what is said of it: `ADD with eth0`. */
function nameOf({ env }: CallRecord): string {
  return env.CNI_COMMAND || "the call without CNI_COMMAND";
}

/**
 * Refuses a call that did not end by itself with an exit status.
 *
 * @throws {Violation} If it took too long, crashed or could not be started.
 */
export function demandEnd(record: CallRecord): void {
  const { status, timedOut, timeMs, stderr } = record;
  if (timedOut) {
    const seconds = (timeMs / 1000).toFixed(0);
    throw new Violation(`${nameOf(record)} did not end within ${seconds} s`);
  }
  if (status > 128) {
    throw new Violation(
      `${nameOf(record)} crashed: ended by signal ${status - 128}`,
    );
  }
  if (NOT_STARTED.includes(status) && /nsenter: /.test(stderr)) {
    throw new Violation(`It cannot be started: ${stderr.trim()}`);
  }
}

/**
 * Reads what a call that must succeed has written.
 *
 * @returns Its one JSON object; `undefined` if it wrote nothing.
 * @throws {Violation} If it failed, or wrote anything else.
 */
export function readSuccess(record: CallRecord): JsonObject | undefined {
  demandEnd(record);
  const { status, stdout, stderr } = record;
  if (status !== 0) {
    const said = shorten(stdout.trim() || stderr.trim());
    throw new Violation(
      `${nameOf(record)} failed with status ${status}: ${said}`,
    );
  }
  if (stdout.trim() === "") return undefined;
  const object = readObject(record);
  if (typeof object.code === "number" && typeof object.msg === "string") {
    throw new Violation(
      `${nameOf(record)} exits with 0 but writes an error object`,
    );
  }
  return object;
}

/**
 * Reads the error object of a call that must fail.
 *
 * @param codes The codes that will do; any when absent.
 * @throws {Violation} If it did not fail, or not by one error object.
 */
export function readFailure(
  record: CallRecord,
  codes?: readonly number[],
): JsonObject {
  demandEnd(record);
  if (record.status === 0) {
    throw new Violation(`${nameOf(record)} succeeded where it had to fail`);
  }
  if (record.stdout.trim() === "") {
    throw new Violation(
      `${nameOf(record)} failed without an error object on stdout`,
    );
  }
  const object = readObject(record);
  const { code, msg } = object;
  if (typeof code !== "number" || !Number.isInteger(code) || code < 1) {
    throw new Violation(
      `The error's code is ${show(code)}: expected a number from 1`,
    );
  }
  if (typeof msg !== "string" || msg === "") {
    throw new Violation(`The error's msg is ${show(msg)}: expected a text`);
  }
  if (codes !== undefined && !codes.includes(code)) {
    throw new Violation(
      `The error's code is ${code} (${shorten(msg)}): expected ` +
        codes.join(" or "),
    );
  }
  return object;
}

/**
 * The one JSON object that makes up all of a call's stdout.
 *
 * @throws {Violation} If stdout is anything else.
 */
export function readObject(record: CallRecord): JsonObject {
  const { stdout } = record;
  try {
    const value: unknown = JSON.parse(stdout);
    if (isJsonObject(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new Violation(
    `stdout of ${nameOf(record)} is not one JSON object: ${shorten(stdout)}`,
  );
}

function show(value: unknown): string {
  return value === undefined ? "absent" : shorten(JSON.stringify(value));
}

/** A text on one line, cut where it gets long. */
export function shorten(text: string, length = 200): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= length ? line : `${line.slice(0, length)}…`;
}
