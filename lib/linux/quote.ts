/**
 * Writes a text so that a shell reads it as one word, to the letter.
 *
 * @example A path with a blank
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(quote("/run/netns/a b"), "'/run/netns/a b'");
 * assertEquals(quote("/run/netns/a"), "/run/netns/a");
 * ```
 */
export function quote(text: string): string {
  return /^[\w/.,=:@+-]+$/.test(text)
    ? text
    : `'${text.replaceAll("'", `'\\''`)}'`;
}
