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
