import { alignColumns } from "./align_columns.ts";
import { printable } from "./printable.ts";
import type { Style } from "./style.ts";

/** Writes rows under a head. */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  style: Style,
): string {
  const [first = "", ...lines] = alignColumns([
    head,
    ...rows.map(printableRow),
  ]);
  return [style.bold(first), ...lines].map((line) => `${line}\n`).join("");
}

function printableRow(cells: readonly string[]): readonly string[] {
  return cells.map((cell) => printable(cell, { isLine: true }));
}
