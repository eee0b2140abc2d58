/** Units from the largest, in seconds. */
const UNITS = [["d", 86_400], ["h", 3600], ["min", 60], ["s", 1]] as const;

/**
 * Writes a duration in its two largest units, rounded down.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(formatDuration(3_723_000), "1 h 2 min");
 * ```
 * @param durationMs Milliseconds, 0 or more.
 */
export function formatDuration(durationMs: number): string {
  let rest = Math.floor(durationMs / 1000);
  const parts = UNITS.map(([unit, seconds]) => {
    const count = Math.floor(rest / seconds);
    rest -= count * seconds;
    return { unit, count };
  });
  const first = parts.findIndex(({ count }) => count > 0);
  if (first === -1) return "less than 1 s";
  return parts.slice(first, first + 2).filter(({ count }) => count > 0)
    .map(({ unit, count }) => `${count} ${unit}`).join(" ");
}
