import type { Flag } from "./flag.ts";

/** A flag as it is typed: `--name VALUE`. */
export function flagForm({ name, value }: Flag): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}

/**
 * Rows of two columns for a help text; what is on the left decides the width.
 *
 * @param gap The blanks between the columns.
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const rows = [["--json", "for programs"], ["--all", "all"]] as const;
 * assertEquals(helpRows(rows), "  --json  for programs\n  --all   all\n");
 * ```
 */
export function helpRows(
  rows: readonly (readonly [string, string])[],
  gap = 2,
): string {
  const width = gap + Math.max(0, ...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}${right}\n`)
    .join("");
}

/** The rows that tell of flags. */
export function flagRows(flags: readonly Flag[], gap?: number): string {
  return helpRows(flags.map((flag) => [flagForm(flag), flag.summary]), gap);
}
