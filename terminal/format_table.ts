import { alignColumns } from "./align_columns.ts";
import type { Style } from "./style.ts";

/** Writes rows under a head. */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  style: Style,
): string {
  const [first = "", ...lines] = alignColumns([head, ...rows]);
  return [style.bold(first), ...lines].map((line) => `${line}\n`).join("");
}
