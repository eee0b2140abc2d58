import type { Run } from "../lib/linux/mod.ts";
import type { Registry } from "../lib/plugin/mod.ts";
import type { Prompter } from "./interactive/prompter.ts";
import type { DaemonStatus, Silence } from "./resident/ask_daemon.ts";
import type { Flag, Operand, TerminalProcess, Words } from "../terminal/mod.ts";

/** A command's name, what it does, and what loads it. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  /** Whether people need not know of it. */
  readonly isHidden?: boolean;
  load(): Promise<ToolCommand>;
}

/** What a command of `cni tool` works with. */
export interface ToolContext {
  /** Where variables come from and output goes to. */
  readonly process: TerminalProcess;
  /** The version to tell. */
  readonly programVersion: string;
  /** The plugins that are part of this program. */
  readonly registry?: Registry | undefined;
  /** Those plugins, and the ones that run on other systems only. */
  readonly allPlugins?: Registry | undefined;
  /** All commands of `cni tool`, for completion. */
  readonly commands?: readonly CommandEntry[] | undefined;
  /** Path of this program's executable. */
  readonly self?: string | undefined;
  /** The folder of the result cache. Default: `/var/lib/cni`. */
  readonly cacheDir?: string | undefined;
  /** Where plugins keep their notes. Default: `/run/cni`. */
  readonly notesDir?: string | undefined;
  /** Makes what asks the person at the terminal. */
  readonly prompter?: (() => Promise<Prompter>) | undefined;
  /** The build that this program belongs to. */
  readonly buildId?: string | undefined;
  /** Asks the daemon at a socket how it is. Default: the real one. */
  readonly askDaemon?:
    | ((socket: string) => Promise<DaemonStatus | Silence>)
    | undefined;
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
