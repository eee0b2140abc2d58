import type { Command, Output, Run } from "../linux/mod.ts";

/** Does a transaction: all of it or nothing. */
export type Commit = (command: Command, run: Run) => Promise<Output>;

/**
 * How transactions are done. It is the process's, as the firewall is the
 * host's: a program that stays joins those of several calls.
 */
let commit: Commit = (command, run) => run(command);

/**
 * Does a transaction of `iptables-restore` or `nft -f -`.
 *
 * @returns How the program ended; all of it was done if with status 0.
 */
export function commitTransaction(
  command: Command,
  run: Run,
): Promise<Output> {
  return commit(command, run);
}

/** Has transactions done by another way; each alone when absent. */
export function useCommit(
  other: Commit = (command, run) => run(command),
): void {
  commit = other;
}
