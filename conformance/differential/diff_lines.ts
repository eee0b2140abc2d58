/**
 * The lines in which two texts differ, in order: `- ` before those of the first
 * only, `+ ` before those of the second only. What both have is left out.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(diffLines(["a", "b"], ["b", "c"]), ["- a", "+ c"]);
 * ```
 */
export function diffLines(
  left: readonly string[],
  right: readonly string[],
): readonly string[] {
  // What both begin and end with needs no table.
  let start = 0;
  while (start < left.length && left[start] === right[start]) start++;
  let end = 0;
  while (
    end < Math.min(left.length, right.length) - start &&
    left.at(-1 - end) === right.at(-1 - end)
  ) end++;
  const a = left.slice(start, left.length - end);
  const b = right.slice(start, right.length - end);
  const common = commonLengths(a, b);
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      i++;
      j++;
    } else if (
      j === b.length ||
      (i < a.length && common[i + 1]![j]! >= common[i]![j + 1]!)
    ) {
      lines.push(`- ${a[i++]}`);
    } else {
      lines.push(`+ ${b[j++]}`);
    }
  }
  return lines;
}

/** How many lines the rests from two places have in common, at most. */
function commonLengths(
  a: readonly string[],
  b: readonly string[],
): readonly (readonly number[])[] {
  const table = Array.from(
    { length: a.length + 1 },
    () => new Array<number>(b.length + 1).fill(0),
  );
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i]![j] = a[i] === b[j]
        ? table[i + 1]![j + 1]! + 1
        : Math.max(table[i + 1]![j]!, table[i]![j + 1]!);
    }
  }
  return table;
}
