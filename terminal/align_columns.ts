/** Rows of columns, each as wide as its widest cell. */
export function alignColumns(
  rows: readonly (readonly string[])[],
): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) {
      widths[index] = Math.max(widths[index] ?? 0, cell.length);
    }
  }
  return rows.map((row) =>
    row.map((cell, index) => cell.padEnd(widths[index]!)).join("  ").trimEnd()
  );
}
