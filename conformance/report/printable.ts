/**
 * What must not reach a terminal, a page or a log as it is: control characters
 * other than newline and tab, marks that turn the direction of writing, halves
 * of characters, and what is no character.
 */
const UNSAFE =
  // deno-lint-ignore no-control-regex -- these are what it is to find
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff\ud800-\udfff]/gu;

/**
 * Text from outside as text that can be shown: what is unsafe is written by its
 * number.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(printable("a\u001b[2Jb"), "a\\u{1b}[2Jb");
 * ```
 */
export function printable(text: string): string {
  return text.replaceAll(
    UNSAFE,
    (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`,
  );
}

/** As {@linkcode printable}, on one line. */
export function printableLine(text: string): string {
  return printable(text).replaceAll("\n", "\\n").replaceAll("\t", "\\t");
}

/**
 * The beginning of a text that is longer than `limit` characters, and how much
 * is left out.
 */
export function shorten(text: string, limit: number): string {
  const chars = [...text];
  if (chars.length <= limit) return text;
  const rest = chars.length - limit;
  return `${chars.slice(0, limit).join("")}… (${rest} characters more)`;
}
