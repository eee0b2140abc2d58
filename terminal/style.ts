import type { TerminalProcess } from "./terminal_process.ts";

/** How text is set off on a terminal. */
export interface Style {
  /** What is to stand out. */
  bold(text: string): string;
  /** What may be passed over. */
  dim(text: string): string;
  /** What failed. */
  red(text: string): string;
  /** What is well. */
  green(text: string): string;
  /** What is to be looked at. */
  yellow(text: string): string;
}

/**
 * The style for what is written to a stream: plain unless it is a terminal that
 * knows colours and `NO_COLOR` is unset or empty (https://no-color.org).
 */
export function styleFor(
  process: TerminalProcess,
  stream: "stdout" | "stderr" = "stdout",
): Style {
  const isColoured = process.isTerminal(stream) &&
    process.env("NO_COLOR") === "" && process.env("TERM") !== "dumb";
  const paint = (code: number) => (text: string) =>
    isColoured ? `\u001b[${code}m${text}\u001b[0m` : text;
  return {
    bold: paint(1),
    dim: paint(2),
    red: paint(31),
    green: paint(32),
    yellow: paint(33),
  };
}
