import type { Outcome } from "../suite/mod.ts";
import { labelOf } from "./group_outcomes.ts";
import { printableLine } from "./printable.ts";
import type { Reporter } from "./reporter.ts";

/** Goes to the beginning of the line and clears it. */
const CLEAR = "\r\u001b[K";

/** The width that every terminal has, less a column. */
const WIDTH = 79;

/**
 * A reporter that tells besides how far the run is, on one line that it writes
 * again and again.
 *
 * @param write Writes to the terminal.
 */
export function withProgress(
  reporter: Reporter,
  write: (text: string) => void,
): Reporter {
  let [total, done, bad] = [0, 0, 0];
  return {
    start: (count) => {
      total = count;
      reporter.start?.(count);
    },
    report: (outcome) => {
      done++;
      if (isBad(outcome)) bad++;
      const text = `${done}/${total}${bad > 0 ? ` ${bad} failed` : ""} ` +
        `${outcome.subject} ${labelOf(outcome)}`;
      write(CLEAR + [...printableLine(text)].slice(0, WIDTH).join(""));
      reporter.report?.(outcome);
    },
    end: (run) => {
      if (done > 0) write(CLEAR);
      return reporter.end(run);
    },
  };
}

function isBad({ verdict }: Outcome): boolean {
  return verdict === "failed" || verdict === "broken";
}
