/** Two lists of measurements of the same work, and what they are. */
export interface Comparison {
  readonly title: string;
  readonly ours: readonly number[];
  readonly other: readonly number[];
  /** What the other is. */
  readonly otherName: string;
  readonly unit: "ms" | "MiB";
}

/** The middle value: half are smaller. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const low = sorted[Math.floor(middle)] ?? NaN;
  const high = sorted[Math.ceil(middle)] ?? NaN;
  return (low + high) / 2;
}

/** A table of medians and their ratios (ours to the other), one per line. */
export function formatReport(comparisons: readonly Comparison[]): string {
  const rows = comparisons.map(({ title, ours, other, otherName, unit }) => [
    title,
    `${median(ours).toFixed(1)} ${unit}`,
    `${median(other).toFixed(1)} ${unit}`,
    `${(median(ours) / median(other)).toFixed(2)}x`,
    otherName,
  ]);
  const table = [["", "ours", "other", "ratio", "the other is"], ...rows];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0))
  );
  return table.map((row) =>
    row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    }).join("  ").trimEnd() + "\n"
  ).join("");
}
