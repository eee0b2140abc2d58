import type { Command, Output } from "./command.ts";
import { runByNames } from "./exact_names.ts";
import { repeatDump } from "./repeat_dump.ts";

/**
 * Runs a command of iproute2 as it is meant: a name of a link means the link of
 * that very name, and a list lacks nothing. Every way to run commands goes
 * through this, with the command as it was before a shell or nsenter got it.
 *
 * @param runOnce Runs a command as it is.
 */
export function runFaithfully(
  command: Command,
  runOnce: (command: Command) => Promise<Output>,
): Promise<Output> {
  return runByNames(command, (one) => repeatDump(one, () => runOnce(one)));
}
