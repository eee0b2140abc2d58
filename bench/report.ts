import type { Comparison } from "./contest.ts";

/** The value below which a share (0 to 1) of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const low = sorted[Math.floor(place)] ?? NaN;
  const high = sorted[Math.ceil(place)] ?? NaN;
  return low + (high - low) * (place - Math.floor(place));
}

/** The middle value: half are smaller. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** A comparison in figures. */
export interface Summary {
  readonly title: string;
  readonly unit: string;
  readonly rounds: number;
  readonly otherName: string;
  /** Medians, and the middle half of the values. */
  readonly ours: Spread;
  readonly other: Spread;
  /** Ours to the other: of the medians, and the middle half of the rounds'. */
  readonly ratio: Spread;
}

/** A median and the quarters of the values around it. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Sums a comparison up. */
export function summarize(
  { title, unit, ours, other, otherName }: Comparison,
): Summary {
  // The sides took turns: one round's figures are of the same moment.
  const ratios = ours.map((value, index) => value / (other[index] ?? NaN));
  return {
    title,
    unit,
    rounds: ours.length,
    otherName,
    ours: spreadOf(ours),
    other: spreadOf(other),
    ratio: { ...spreadOf(ratios), median: median(ours) / median(other) },
  };
}

function spreadOf(values: readonly number[]): Spread {
  return {
    median: median(values),
    low: quantile(values, 0.25),
    high: quantile(values, 0.75),
  };
}

/** The columns of the table. */
const HEAD = ["", "ours", "other", "ratio", "middle half", "the other is"];

/** A table, one comparison per line: for a terminal. */
export function formatReport(comparisons: readonly Comparison[]): string {
  const table = [HEAD, ...comparisons.map((one) => cellsOf(summarize(one)))];
  const widths = HEAD.map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0))
  );
  return table.map((row) =>
    row.map((cell, column) => {
      const width = widths[column] ?? 0;
      const isText = column === 0 || column === HEAD.length - 1;
      return isText ? cell.padEnd(width) : cell.padStart(width);
    }).join("  ").trimEnd() + "\n"
  ).join("");
}

/** The same as Markdown: for a page. */
export function formatMarkdown(comparisons: readonly Comparison[]): string {
  const rows = comparisons.map((one) => cellsOf(summarize(one)));
  return [HEAD, ["---", "---:", "---:", "---:", "---:", "---"], ...rows]
    .map((row) => `| ${row.join(" | ")} |\n`).join("");
}

/** The same for a program, with every measurement. */
export function formatJsonReport(
  comparisons: readonly Comparison[],
  about: Readonly<Record<string, unknown>>,
): string {
  const results = comparisons.map((one) => ({
    ...summarize(one),
    values: { ours: one.ours, other: one.other },
  }));
  return JSON.stringify({ ...about, results }, null, 2) + "\n";
}

function cellsOf(summary: Summary): readonly string[] {
  const { title, unit, ours, other, ratio, otherName } = summary;
  return [
    title,
    `${ours.median.toFixed(1)} ${unit}`,
    `${other.median.toFixed(1)} ${unit}`,
    `${ratio.median.toFixed(2)}x`,
    `${ratio.low.toFixed(2)}-${ratio.high.toFixed(2)}x`,
    otherName,
  ];
}
