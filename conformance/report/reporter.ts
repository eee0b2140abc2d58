import type { Outcome, RunReport } from "../suite/mod.ts";

/** Tells a run's outcomes, in a format. */
export interface Reporter {
  /** Is told how many cases there are, before the first. */
  start?(count: number): void;
  /** Is told each outcome as soon as it is there. */
  report?(outcome: Outcome): void;
  /** Is told the whole run; what it returns goes to stdout. */
  end(run: RunReport): string;
}
