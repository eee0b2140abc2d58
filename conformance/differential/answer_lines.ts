import { isJsonObject, type Json } from "../../lib/spec/mod.ts";
import type { CallRecord } from "../suite/mod.ts";

/**
 * What a call said, as lines that can be compared: its exit status, and its
 * result value by value. Of an error only the code counts, since its words are
 * free.
 */
export function answerLines(
  { status, stdout, timedOut }: CallRecord,
): readonly string[] {
  if (timedOut) return ["does not end"];
  return [`exit status ${status}`, ...outputLines(stdout, status)];
}

function outputLines(stdout: string, status: number): readonly string[] {
  if (stdout.trim() === "") return [];
  const value = parse(stdout);
  if (value === undefined) return [`not JSON: ${stdout.trim()}`];
  return status !== 0 && isJsonObject(value) && "code" in value
    ? [`code ${JSON.stringify(value.code)}`]
    : valueLines("", value);
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * A value as lines, one for each that is not made of others. An object or list
 * without members is the same as none.
 */
function valueLines(path: string, value: Json | undefined): readonly string[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) =>
      valueLines(`${path}[${index}]`, item)
    );
  }
  if (isJsonObject(value)) {
    return Object.keys(value).toSorted().flatMap((key) =>
      valueLines(path === "" ? key : `${path}.${key}`, value[key])
    );
  }
  return [`${path}: ${JSON.stringify(value)}`];
}
