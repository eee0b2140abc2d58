import { CONTROL, printable, type Style } from "../../terminal/mod.ts";
import { type Finding, placeOf } from "./finding.ts";

/** How wide an excerpt may be. */
const MAX_WIDTH = 100;

/** Writes a finding with its place and the line that it is about. */
export function formatFinding(
  file: string,
  text: string,
  finding: Finding,
  style: Style,
): string {
  const { severity, message, start, end } = finding;
  const { line, column } = placeOf(text, start);
  const paint = severity === "error" ? style.red : style.yellow;
  const head = `${style.bold(`${printable(file)}:${line}:${column}:`)} ${
    paint(`${severity}:`)
  } ${printable(message)}\n`;
  const source = (text.split("\n")[line - 1] ?? "").replaceAll("\t", " ");
  if (column > MAX_WIDTH) return head;
  // One character for each, so that the mark stands below its place.
  const shown = source.slice(0, MAX_WIDTH).trimEnd().replace(CONTROL, "\ufffd");
  const length = Math.min(end - start, shown.length - column + 1);
  const marks = "^".repeat(Math.max(1, length));
  const number = String(line);
  const gap = " ".repeat(number.length);
  return `${head} ${style.dim(`${number} |`)} ${shown}\n` +
    ` ${gap} ${style.dim("|")} ${" ".repeat(column - 1)}${paint(marks)}\n`;
}
