import type { FileMutation } from "./try_mutation.ts";

/** A change after which the program does the same, and why. */
export interface Equivalent {
  readonly file: string;
  /** The line's text, without the white space around it. */
  readonly line: string;
  /** What is changed there, as `old → new`. */
  readonly change: string;
  readonly why: string;
}

/** A change as {@linkcode Equivalent.change} names it, on one line. */
export function changeOf(mutation: FileMutation): string {
  const onOneLine = (text: string) => text.replaceAll(/\s+/g, " ");
  return `${onOneLine(mutation.old)} → ${onOneLine(mutation.new)}`.trim();
}

/** Whether a change is listed as equivalent. */
export function isEquivalent(
  mutation: FileMutation,
  list: readonly Equivalent[],
): boolean {
  return list.some(({ file, line, change }) =>
    file === mutation.file && line === mutation.lineText &&
    change === changeOf(mutation)
  );
}
