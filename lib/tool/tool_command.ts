import type { Run } from "../linux/mod.ts";
import type { KeyRegistry, Registry } from "../plugin/mod.ts";
import type { Prompter } from "./interactive/prompter.ts";
import type { Flag, Operand } from "./flag.ts";
import type { Words } from "./parse_words.ts";
import type { TerminalProcess } from "./tool_process.ts";

/** What a command of `cni tool` works with. */
export interface ToolContext {
  /** Where variables come from and output goes to. */
  readonly process: TerminalProcess;
  /** The version to tell. */
  readonly programVersion: string;
  /** The plugins that are part of this program. */
  readonly registry?: Registry | undefined;
  /** What those plugins may be told. */
  readonly keys?: KeyRegistry | undefined;
  /** Path of this program's executable. */
  readonly self?: string | undefined;
  /** The folder of the result cache. Default: `/var/lib/cni`. */
  readonly cacheDir?: string | undefined;
  /** Makes what asks the person at the terminal. */
  readonly prompter?: (() => Promise<Prompter>) | undefined;
  /** Runs the programs that the doctor asks. Default: as child processes. */
  readonly run?: Run | undefined;
  /** Calls the plugins of this program here, where nothing can end them. */
  readonly callInProcess?: boolean | undefined;
}

/** A command of `cni tool`. */
export interface ToolCommand {
  readonly operands: readonly Operand[];
  readonly flags: readonly Flag[];
  /** What there is to know beyond the summary. */
  readonly description: string;
  /**
   * Does it.
   *
   * @returns The exit status: 0 if it was done, 1 if it failed.
   * @throws {UsageError} If the command line is wrong.
   */
  run(words: Words, context: ToolContext): Promise<number>;
}
