import { CniCode } from "./code.ts";
import { CniError } from "./cni_error.ts";

/** Any JSON value. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | JsonObject;

/** A JSON object. An `undefined` member is one that is not written. */
export interface JsonObject {
  /** A member by its name. */
  readonly [key: string]: Json | undefined;
}

/** Whether `value` is a JSON object: neither an array nor null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Parses one JSON value that makes up the whole of `text`.
 *
 * @param text The text, such as a plugin's stdin.
 * @param what What is being read, for the message: "network configuration".
 * @throws {CniError} Code 6, with line and column (1-based) in the details; also
 * if it is nested deeper than {@linkcode checkNesting} allows.
 */
export function parseJson(text: string, what: string): Json {
  checkNesting(text, what);
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new CniError(CniCode.DecodingFailure, `Cannot decode ${what}`, {
      details: describeSyntaxError(text, cause.message),
      cause,
    });
  }
}

/** How deep values may be nested: far more than any configuration needs. */
const MAX_LEVELS = 500;

/**
 * Refuses JSON, with or without comments, that is nested so deep that programs
 * which walk through it run out of stack.
 *
 * @param what What is being read, for the message.
 * @throws {CniError} Code 6.
 */
export function checkNesting(text: string, what: string): void {
  // Every level takes two characters.
  if (text.length <= 2 * MAX_LEVELS || !hasManyBrackets(text)) return;
  let level = 0;
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === '"') isQuoted = !isQuoted;
    else if (isQuoted) i += char === "\\" ? 1 : 0;
    else if (char === "[" || char === "{") level++;
    else if (char === "]" || char === "}") level--;
    if (level <= MAX_LEVELS) continue;
    throw new CniError(CniCode.DecodingFailure, `Cannot decode ${what}`, {
      details: `nested deeper than ${MAX_LEVELS} levels`,
    });
  }
}

/** Whether there are more brackets than levels: seldom, and quick to see. */
function hasManyBrackets(text: string): boolean {
  let count = 0;
  for (const bracket of "{[") {
    for (
      let at = text.indexOf(bracket);
      at >= 0 && count <= MAX_LEVELS;
      at = text.indexOf(bracket, at + 1)
    ) count++;
  }
  return count > MAX_LEVELS;
}

/** As {@linkcode parseJson}, and refuses everything but an object with code 6. */
export function parseJsonObject(text: string, what: string): JsonObject {
  const value = parseJson(text, what);
  if (isJsonObject(value)) return value;
  throw new CniError(CniCode.DecodingFailure, `Cannot decode ${what}`, {
    details: `found ${describe(value)}: expected a JSON object`,
  });
}

/**
 * Writes a result or an error as the Go plugins do: indented by four spaces,
 * without a newline at the end, and with `<`, `>`, `&` and the two Unicode line
 * separators escaped.
 */
export function formatJson(value: Json): string {
  return escapeJson(JSON.stringify(value, null, 4));
}

/** As {@linkcode formatJson}, on one line. */
export function formatJsonLine(value: Json): string {
  return escapeJson(JSON.stringify(value));
}

/** A copy of `object` with its keys, and those of objects inside, in order. */
export function sortKeys<T extends Json>(value: T): T;
export function sortKeys(value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => sortKeys(item));
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).filter(([, item]) =>
    item !== undefined
  );
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    entries.map(([key, item]) => [key, sortKeys(item as Json)]),
  );
}

/**
 * Names a value in a message: short ones as JSON, long ones by their type, so
 * that a message never repeats a whole configuration.
 */
export function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value) && value.length > 0) return "an array";
  if (isJsonObject(value) && Object.keys(value).length > 0) return "an object";
  const text = JSON.stringify(value);
  return text.length <= 80 ? text : `${text.slice(0, 60)}… (cut)`;
}

/** The characters that Go's encoder escapes and JavaScript's does not. */
const ESCAPED = /[<>&\u2028\u2029]/g;

function escapeJson(text: string): string {
  return text.replace(
    ESCAPED,
    (char) => "\\u" + char.charCodeAt(0).toString(16).padStart(4, "0"),
  );
}

function describeSyntaxError(text: string, message: string): string {
  if (text.trim() === "") return "found nothing: expected a JSON object";
  const offset = positionIn(message) ?? viableLength(text);
  const before = text.slice(0, offset).split("\n");
  const column = (before.at(-1) ?? "").length + 1;
  return `line ${before.length}, column ${column}: ` +
    reasonIn(message, text.slice(offset));
}

/** What is wrong, without the piece of the text that V8 likes to add. */
function reasonIn(message: string, rest: string): string {
  if (rest === "") return "Unexpected end of JSON input";
  const [reason] = message.split(POSITION);
  if (reason !== message) return reason!;
  return `Unexpected token ${
    JSON.stringify(String.fromCodePoint(rest.codePointAt(0)!))
  }`;
}

/** How V8 ends a message that has a position; a text can't forge an ending. */
const POSITION =
  / (?:in|after) JSON at position (\d+) \(line \d+ column \d+\)$/;

function positionIn(message: string): number | undefined {
  const position = POSITION.exec(message)?.[1];
  return position === undefined ? undefined : Number(position);
}

/**
 * How much of a text could still become JSON. V8 gives no position for an
 * unexpected token, but does tell a text that is wrong from one that ends too
 * early, so that halving finds the border.
 */
function viableLength(text: string): number {
  let [viable, wrong] = [0, text.length + 1];
  while (wrong - viable > 1) {
    const middle = Math.floor((viable + wrong) / 2);
    if (isViable(text.slice(0, middle))) viable = middle;
    else wrong = middle;
  }
  return viable;
}

function isViable(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return error.message === "Unexpected end of JSON input" ||
      positionIn(error.message) === text.length;
  }
}
