/**
 * Finds a key that stands twice in the object at a top-level key of a JSON
 * text. A decoder does not tell: it keeps the last one.
 *
 * @param text JSON that is known to be an object.
 * @param name The top-level key, in any case.
 * @returns The key that is repeated, or `undefined`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(findRepeatedKey('{"a": {"b": 1, "b": 2}}', "a"), "b");
 * assertEquals(findRepeatedKey('{"a": {"b": {"b": 2}}}', "a"), undefined);
 * ```
 */
export function findRepeatedKey(
  text: string,
  name: string,
): string | undefined {
  let depth = 0;
  let section = "";
  let seen = new Set<string>();
  for (const [, open, close, key] of text.matchAll(TOKEN)) {
    if (open !== undefined) depth++;
    if (close !== undefined) depth--;
    if (key === undefined) continue;
    const read: string = JSON.parse(key);
    if (depth === 1) {
      section = read.toLowerCase();
      seen = new Set();
    }
    if (depth !== 2 || section !== name.toLowerCase()) continue;
    if (seen.has(read)) return read;
    seen.add(read);
  }
  return undefined;
}

/** What opens, what closes, a text that is a key; any other text is skipped. */
const TOKEN = /([{[])|([}\]])|("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"/g;
