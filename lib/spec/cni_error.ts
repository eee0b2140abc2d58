import { CniCode } from "./code.ts";
import type { JsonObject } from "./json.ts";

/** What a {@linkcode CniError} carries besides code and message. */
export interface CniErrorOptions {
  /** Where, what was found and what would do. */
  readonly details?: string | undefined;
  /** The error that led to this one. */
  readonly cause?: unknown;
}

/**
 * An error that crosses the protocol: it becomes the error object on a
 * plugin's stdout, and is what a runtime throws when a plugin printed one
 * (CNI 1.1.0, section 5, "Error").
 *
 * @example Refuse a configuration
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { CniCode } from "./code.ts";
 * const error = new CniError(CniCode.InvalidConfig, "Cannot use mtu", {
 *   details: "mtu is -1: expected 0 or more bytes",
 * });
 * assertEquals(error.toString(), "Cannot use mtu; mtu is -1: expected 0 or more bytes");
 * ```
 */
export class CniError extends Error {
  /** The class's name, for messages. */
  override readonly name = "CniError";

  /** A well-known code of {@linkcode CniCode}, or a plugin's own (100 and above). */
  readonly code: number;

  /** Where, what was found and what would do; empty when there is no more to say. */
  readonly details: string;

  /**
   * Makes an error.
   *
   * @param code A well-known code, or 100 and above for a plugin's own.
   * @param message The action that failed, without a full stop. Of a message or
   * details that repeat something very long, the middle is left out.
   */
  constructor(code: number, message: string, options: CniErrorOptions = {}) {
    super(
      shorten(message, MAX_MESSAGE),
      options.cause === undefined ? {} : { cause: options.cause },
    );
    this.code = code;
    this.details = shorten(options.details ?? "", MAX_DETAILS);
  }

  /** Message and details, the text form that the Go library uses too. */
  override toString(): string {
    return this.details === ""
      ? this.message
      : `${this.message}; ${this.details}`;
  }
}

/** The longest message, in UTF-16 units: it may name folders and a plugin. */
const MAX_MESSAGE = 1000;

/** The longest details: those of several failures stand together. */
const MAX_DETAILS = 4000;

function shorten(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const half = maxLength / 2;
  const cut = `… (${text.length - maxLength} characters cut) …`;
  return text.slice(0, half) + cut + text.slice(-half);
}

/** The error object for a plugin's stdout, with the `cniVersion` if it is known. */
export function errorToJson(error: CniError, cniVersion?: string): JsonObject {
  return {
    ...(cniVersion ? { cniVersion } : {}),
    code: error.code,
    msg: error.message,
    ...(error.details ? { details: error.details } : {}),
  };
}

/**
 * Reads an error object as a plugin printed it. Keys of other types are
 * replaced by neutral values, so that a half-right object still tells its part.
 */
export function errorFromJson(object: JsonObject): CniError {
  const { code, msg, details } = object;
  return new CniError(
    typeof code === "number" ? code : CniCode.Unknown,
    typeof msg === "string" ? msg : "",
    { details: typeof details === "string" ? details : undefined },
  );
}

/**
 * Makes any thrown value an error that can cross the protocol. A
 * {@linkcode CniError} passes through as it is, so that an IPAM plugin's code
 * reaches the runtime; anything else is an internal error.
 */
export function toCniError(thrown: unknown): CniError {
  if (thrown instanceof CniError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new CniError(CniCode.Internal, message, { cause: thrown });
}
