/** Something in a configuration that other runtimes cannot read. */
export interface ConfigWarning {
  /** The file; absent if the text came from none. */
  readonly file?: string;
  /** What it is, and what would do instead. */
  readonly message: string;
  /** Its line, from 1. */
  readonly line: number;
  /** Its column in UTF-16 units, from 1. */
  readonly column: number;
}

/** What JSON does not have; strings are here so that they are skipped whole. */
const PARTS =
  /"(?:[^"\\]|\\.)*"|(?<comment>\/\/[^\r\n]*|\/\*[^]*?\*\/)|(?<comma>,)(?=(?:\s|\/\/[^\r\n]*|\/\*[^]*?\*\/)*[\]}])/g;

const MESSAGES = {
  comment: "a comment; remove it",
  comma: "a trailing comma; remove it",
} as const;

/**
 * Finds comments and trailing commas, of each the first: JSON has neither, so
 * libcni refuses them.
 *
 * @param text A text that has been parsed before.
 */
export function findExtensions(text: string): readonly ConfigWarning[] {
  const matches = [...text.matchAll(PARTS)];
  return (["comment", "comma"] as const).flatMap((kind) => {
    const first = matches.find(({ groups }) => groups?.[kind] !== undefined);
    return first === undefined
      ? []
      : [unreadable(MESSAGES[kind], placeAt(text, first.index))];
  });
}

/** The warning for a byte order mark, which libcni refuses too. */
export function byteOrderMark(): ConfigWarning {
  const what = "a byte order mark; save the file as UTF-8 without it";
  return unreadable(what, { line: 1, column: 1 });
}

function unreadable(
  what: string,
  place: { readonly line: number; readonly column: number },
): ConfigWarning {
  return { message: `other runtimes cannot read this: ${what}`, ...place };
}

/** The line and the column of an offset, both from 1. */
export function placeAt(
  text: string,
  offset: number,
): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1) ?? "").length + 1 };
}
