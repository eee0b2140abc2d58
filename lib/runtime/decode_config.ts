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
import { ConfigSyntaxError } from "./config_syntax_error.ts";
import {
  byteOrderMark,
  type ConfigWarning,
  findExtensions,
  placeAt,
} from "./find_extensions.ts";

/** A configuration file's content, decoded. */
export interface DecodedConfig {
  /** The JSON object. */
  readonly object: JsonObject;
  /** The object as strict JSON: the bytes as read if they are that. */
  readonly source: Uint8Array;
  /** What other runtimes cannot read. */
  readonly warnings: readonly ConfigWarning[];
}

/**
 * Decodes a JSON object that may hold comments and trailing commas, and may
 * follow a byte order mark.
 *
 * @param content UTF-8 bytes, or text.
 * @param prefix How a message begins: "error parsing configuration".
 * @throws {CniError} Code 6, with line and column (1-based).
 */
export function decodeConfig(
  content: Uint8Array | string,
  prefix: string,
): DecodedConfig {
  const whole = textOf(content, prefix);
  const hasMark = whole.startsWith(BYTE_ORDER_MARK);
  const text = hasMark ? whole.slice(1) : whole;
  const strict = ifValid(() => parseJson(text, "configuration"));
  const value = strict === undefined ? decodeJsonc(text, prefix) : strict;
  if (!isJsonObject(value)) {
    throw new CniError(
      CniCode.DecodingFailure,
      `${prefix}: found ${describe(value)} instead of a JSON object`,
    );
  }
  const isStrict = strict !== undefined;
  return {
    object: value,
    // What is kept is read by other programs, for which comments are errors.
    source: isStrict && !hasMark
      ? bytesOf(content)
      : bytesOf(isStrict ? text : formatJsonLine(value)),
    warnings: [
      ...(hasMark ? [byteOrderMark()] : []),
      ...(isStrict ? [] : findExtensions(text)),
    ],
  };
}

const BYTE_ORDER_MARK = "\uFEFF";

/** The text of a file, with its byte order mark. */
function textOf(content: Uint8Array | string, prefix: string): string {
  const text = typeof content === "string"
    ? content
    : new TextDecoder("utf-8", { ignoreBOM: true }).decode(content);
  // Its mark is no UTF-8; without one, half of each ASCII character is zero.
  if (!/^(?:\uFFFD\uFFFD|.?\0)/s.test(text)) return text;
  const message = `${prefix}: the text is UTF-16`;
  throw new CniError(CniCode.DecodingFailure, message, {
    details: "expected UTF-8: convert it by iconv -f UTF-16 -t UTF-8",
  });
}

function bytesOf(content: Uint8Array | string): Uint8Array {
  return typeof content === "string"
    ? new TextEncoder().encode(content)
    : content;
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
  if (text.trim() === "") {
    throw new CniError(
      CniCode.DecodingFailure,
      `${prefix}: the text is empty`,
      { details: "expected a JSON object" },
    );
  }
  try {
    return parseJsonc(text) as Json;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw syntaxError(text, { prefix, cause });
  }
}

/** Places a message of the JSONC parser at a line and a column. */
function syntaxError(
  text: string,
  { prefix, cause }: { readonly prefix: string; readonly cause: SyntaxError },
): ConfigSyntaxError {
  const match = /unexpected token "(.*)" in JSONC at position (\d+)$/s.exec(
    cause.message,
  );
  const offset = match === null ? text.trimEnd().length : Number(match[2]);
  const reason = match === null
    ? "unexpected end of JSON input"
    : `unexpected ${shorten(match[1]!)}`;
  return new ConfigSyntaxError(prefix, {
    ...placeAt(text, offset),
    reason,
    cause,
  });
}

/** A token as it stands in the text; its beginning if it is long. */
function shorten(token: string): string {
  return token.length <= 40 ? token : `${token.slice(0, 40)}…`;
}
