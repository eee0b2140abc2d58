import type { Run, UndoStack } from "../../../lib/linux/mod.ts";

/** What maps ports. */
export interface Tools {
  /** Runs the commands. */
  readonly run: Run;
  /** Gets what takes new rules back. */
  readonly undo: UndoStack;
  /** Tells a person what does not keep the ports from being mapped. */
  readonly warn: (message: string) => void;
}
