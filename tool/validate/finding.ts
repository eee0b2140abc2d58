import type { CniError } from "../../lib/spec/mod.ts";
import type { Located } from "./locate_json.ts";

/** What is wrong at a place of a file. */
export interface Finding {
  readonly severity: "error" | "warning";
  readonly message: string;
  /** Where it begins, in UTF-16 units from the start of the text. */
  readonly start: number;
  /** Where it has ended. */
  readonly end: number;
}

/** A place as people count: lines and columns from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** The place of an offset. */
export function placeOf(text: string, offset: number): Place {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1) ?? "").length + 1 };
}

/** The offset of a place. */
export function offsetOf(text: string, { line, column }: Place): number {
  const before = text.split("\n").slice(0, line - 1);
  return before.join("\n").length + (before.length > 0 ? 1 : 0) + column - 1;
}

/** What is wrong with a value; of an object or a list its start is marked. */
export function findingAt(
  node: Located,
  severity: Finding["severity"],
  message: string,
): Finding {
  const { start } = node;
  const end = node.kind === "plain" ? node.end : start + 1;
  return { severity, message, start, end };
}

/** The key that an error is about: `ipam.ranges[0]`; empty if it names none. */
export function pathIn({ message, details }: CniError): string {
  if (/^config is /.test(details)) return "cniVersion";
  const [, path = ""] = /^Cannot use ([\w.[\]]+)/.exec(message) ??
    /^([\w.[\]]+) is /.exec(details) ?? [];
  return path;
}
