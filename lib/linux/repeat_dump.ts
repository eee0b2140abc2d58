import type { Command, Output } from "./command.ts";

/**
 * How `ip`, `tc` and `bridge` remark, with status 0, that what they list has
 * changed meanwhile.
 */
export const INTERRUPTED = /^Dump was interrupted/m;

/** How often a list may change under our hands. */
const MAX_ATTEMPTS = 10;

/**
 * Runs a command, and repeats it if it lists what has changed meanwhile: such a
 * list may lack what was there all the time. A command that changes something
 * is run once.
 *
 * @param runOnce Runs it.
 */
export async function repeatDump(
  command: Command,
  runOnce: (command: Command) => Promise<Output>,
): Promise<Output> {
  let output = await runOnce(command);
  for (let attempt = 1; attempt < MAX_ATTEMPTS; attempt++) {
    if (!INTERRUPTED.test(output.stderr) || !isReading(command)) break;
    output = await runOnce(command);
  }
  return output;
}

function isReading({ program, args, stdin, isReading }: Command): boolean {
  if (isReading) return true;
  if (!["ip", "tc", "bridge"].includes(program)) return false;
  if (!args.includes("-batch")) return args.includes("show");
  const lines = stdin?.split("\n").filter((line) => line !== "") ?? [];
  return lines.every((line) => line.split(" ").includes("show"));
}
