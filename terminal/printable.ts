/**
 * A text from a file or a program as a terminal may get it: characters that
 * would move the cursor, name the window or turn the direction of writing are
 * shown as `\u001b`, which is also what JSON calls them.
 *
 * @param isLine Whether line feeds and tabs are shown like that, too.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(printable("a\u001b]0;b\u0007"), "a\\u001b]0;b\\u0007");
 * ```
 */
export function printable(
  text: string,
  { isLine = false }: { readonly isLine?: boolean } = {},
): string {
  return text.replace(CONTROL, (char) => {
    if (!isLine && (char === "\n" || char === "\t")) return char;
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** Control characters, and those that turn the direction of writing. */
export const CONTROL =
  // deno-lint-ignore no-control-regex -- control characters are what it is about
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
