import { parse as parseJsonc } from "@std/jsonc/parse";
import {
  CniCode,
  CniError,
  describe,
  formatJsonLine,
  isJsonObject,
  type Json,
  type JsonObject,
  parseJson,
} from "../spec/mod.ts";

/** A configuration file's content, decoded. */
export interface DecodedConfig {
  /** The JSON object. */
  readonly object: JsonObject;
  /** The object as strict JSON: the bytes as read, unless they held comments. */
  readonly source: Uint8Array;
}

/**
 * Decodes a JSON object that may hold comments and trailing commas.
 *
 * @param content UTF-8 bytes, or text.
 * @param prefix How a message begins: "error parsing configuration".
 * @throws {CniError} Code 6, with line and column (1-based).
 */
export function decodeConfig(
  content: Uint8Array | string,
  prefix: string,
): DecodedConfig {
  const text = typeof content === "string"
    ? content
    : new TextDecoder().decode(content);
  const strict = ifValid(() => parseJson(text, "configuration"));
  const value = strict === undefined ? decodeJsonc(text, prefix) : strict;
  if (!isJsonObject(value)) {
    throw new CniError(
      CniCode.DecodingFailure,
      `${prefix}: found ${describe(value)} instead of a JSON object`,
    );
  }
  // What is kept is read by other programs, for which comments are errors.
  const kept = strict === undefined ? formatJsonLine(value) : content;
  const source = typeof kept === "string"
    ? new TextEncoder().encode(kept)
    : kept;
  return { object: value, source };
}

/** What `parse` returns; `undefined` if it found a fault, since null is JSON. */
function ifValid(parse: () => Json): Json | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof CniError) return undefined;
    throw error;
  }
}

function decodeJsonc(text: string, prefix: string): Json {
  try {
    return parseJsonc(text) as Json;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    const fault = `${prefix}: ${describeFault(text, cause.message)}`;
    throw new CniError(CniCode.DecodingFailure, fault, { cause });
  }
}

/** Places a message of the JSONC parser at a line and a column. */
function describeFault(text: string, message: string): string {
  if (text.trim() === "") return "the text is empty";
  const match = /unexpected token "(.*)" in JSONC at position (\d+)$/s.exec(
    message,
  );
  const offset = match === null ? text.trimEnd().length : Number(match[2]);
  const before = text.slice(0, offset).split("\n");
  const column = (before.at(-1) ?? "").length + 1;
  const reason = match === null
    ? "unexpected end of JSON input"
    : `unexpected ${shorten(match[1]!)}`;
  return `line ${before.length}, column ${column}: ${reason}`;
}

/** A token as it stands in the text; its beginning if it is long. */
function shorten(token: string): string {
  return token.length <= 40 ? token : `${token.slice(0, 40)}…`;
}
