import type { Command, Output } from "./command.ts";
import { Shell } from "./shell_linux.ts";

/** What runs commands one after another. */
export interface ShellLike {
  /** Runs a command when those before it have ended. */
  run(command: Command): Promise<Output>;
}

/** Where shells come from, and go when their work is done. */
export interface ShellSource {
  /**
   * A shell that nobody else uses.
   *
   * @param netns Path of its network namespace; this program's when absent.
   */
  take(netns?: string): ShellLike;
  /** Takes a shell back when its commands have ended. */
  giveBack(shell: ShellLike): Promise<void>;
}

/** Starts a shell for each use, and ends it. */
const FRESH: ShellSource = {
  take: (netns) => new Shell(netns),
  giveBack: (shell) => (shell as Shell)[Symbol.asyncDispose](),
};

/**
 * The source of all shells. It is the process's: a program that stays keeps
 * some warm, and nothing else is to know.
 */
let source = FRESH;

/** The source of shells. */
export function shellSource(): ShellSource {
  return source;
}

/** Has all shells come from another source; from a fresh start when absent. */
export function useShellSource(other: ShellSource = FRESH): void {
  source = other;
}
