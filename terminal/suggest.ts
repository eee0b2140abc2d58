/**
 * The words that someone may have meant, nearest first: those that begin with
 * `word`, or differ from it in at most two letters.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(suggest("ad", ["add", "check", "del"]), ["add"]);
 * ```
 */
export function suggest(
  word: string,
  words: readonly string[],
): readonly string[] {
  const rated = words.map((candidate) => ({
    candidate,
    distance: word !== "" && candidate.startsWith(word)
      ? 0
      : distanceOf(word, candidate),
  }));
  // A word of two letters is not near to every other one of two.
  return rated.filter(({ candidate, distance }) =>
    distance <= 2 && distance < candidate.length
  )
    .toSorted((a, b) => a.distance - b.distance)
    .map(({ candidate }) => candidate);
}

/** How many letters must be put in, taken out or changed (Levenshtein). */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const change = row[j]! + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(change, row[j + 1]! + 1, next[j]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
