import { styleFor, type TerminalProcess } from "../../terminal/mod.ts";
import { htmlReporter } from "./html_reporter.ts";
import { jsonReporter } from "./json_reporter.ts";
import { junitReporter } from "./junit_reporter.ts";
import { withProgress } from "./progress.ts";
import type { Reporter } from "./reporter.ts";
import { tableReporter } from "./table_reporter.ts";
import { tapReporter } from "./tap_reporter.ts";

/** What a run can be told in; the first is for people. */
export const FORMATS = ["table", "tap", "junit", "json", "html"] as const;

/** A name of {@linkcode FORMATS}. */
export type Format = typeof FORMATS[number];

/**
 * The reporter for a format. What its `end` returns belongs on stdout; while
 * stderr is a terminal, progress is told there.
 */
export function createReporter(
  format: Format,
  process: TerminalProcess,
): Reporter {
  const reporter = reporterFor(format, process);
  return process.isTerminal("stderr") && process.env("TERM") !== "dumb"
    ? withProgress(reporter, (text) => process.writeStderr(text))
    : reporter;
}

function reporterFor(format: Format, process: TerminalProcess): Reporter {
  switch (format) {
    case "table":
      return tableReporter(styleFor(process));
    case "tap":
      return tapReporter();
    case "junit":
      return junitReporter();
    case "json":
      return jsonReporter();
    case "html":
      return htmlReporter();
  }
}
