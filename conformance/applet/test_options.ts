import type { TerminalProcess } from "../../terminal/mod.ts";

/** What every way of testing works with. */
export interface TestOptions {
  readonly programVersion: string;
  readonly process: TerminalProcess;
  /** Ends the run. */
  readonly signal: AbortSignal;
}

/** Where plugins look for programs besides `PATH`. */
const SYSTEM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

/** The variable `PATH` of all that is tested. */
export function searchPath(process: TerminalProcess): string {
  return [process.env("PATH"), SYSTEM_PATH]
    .filter((one) => one !== "").join(":");
}
