import { CniError } from "../lib/spec/mod.ts";
import { commandHelp, commandList, usageOf } from "./command_help.ts";
import { COMMANDS } from "./commands.ts";
import {
  parseWords,
  printable,
  styleFor,
  suggest,
  UsageError,
} from "../terminal/mod.ts";
import type { CommandEntry, ToolCommand, ToolContext } from "./tool_command.ts";

const SEE_HELP = "Run 'cni tool --help' for usage.\n";

/**
 * `cni tool`: what `cnitool` does and more, for people at a terminal. Each
 * command is loaded when it is used.
 *
 * @param args The words after `cni tool`.
 * @returns The exit status: 0 if it was done, 1 if it failed, 2 if the command
 * line is wrong.
 */
export async function tool(
  args: readonly string[],
  context: ToolContext,
): Promise<number> {
  const { process } = context;
  try {
    return await run(args, context);
  } catch (error) {
    const { red } = styleFor(process, "stderr");
    process.writeStderr(`${red("Error:")} ${printable(textOf(error))}\n`);
    if (!(error instanceof UsageError)) return 1;
    if (error.hint !== "") process.writeStderr(`\n${printable(error.hint)}`);
    return 2;
  }
}

async function run(
  [name = "", ...rest]: readonly string[],
  context: ToolContext,
): Promise<number> {
  const { process, programVersion } = context;
  if (name === "--version") {
    process.writeStdout(`cni tool ${programVersion}\n`);
    return 0;
  }
  if (name === "help" && rest[0] !== undefined) {
    return await run([rest[0], "--help"], context);
  }
  if (["", "help", "-h", "--help"].includes(name)) {
    process.writeStdout(commandList());
    return 0;
  }
  if (name.startsWith("-")) {
    throw new UsageError(`unknown flag: ${name}`, SEE_HELP);
  }
  const entry = COMMANDS.find((one) => one.name === name);
  if (entry === undefined) throw unknownCommand(name);
  const command = await entry.load();
  return await runCommand(entry, command, { args: rest, context });
}

async function runCommand(
  entry: CommandEntry,
  command: ToolCommand,
  { args, context }: {
    readonly args: readonly string[];
    readonly context: ToolContext;
  },
): Promise<number> {
  try {
    const words = parseWords(args, command.flags);
    if (words.has("help")) {
      context.process.writeStdout(commandHelp(entry, command));
      return 0;
    }
    refuseMore(words.operands, command);
    return await command.run(words, { ...context, commands: COMMANDS });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const see = `Run 'cni tool ${entry.name} --help' for more.\n`;
    const hint = `${error.hint}${usageOf(entry, command)}${see}`;
    throw new UsageError(error.message, hint);
  }
}

function refuseMore(
  words: readonly string[],
  { operands }: ToolCommand,
): void {
  if (operands.at(-1)?.repeats) return;
  const extra = words[operands.length];
  if (extra === undefined) return;
  throw new UsageError(`too many arguments: ${JSON.stringify(extra)}`);
}

function unknownCommand(name: string): UsageError {
  const [near] = suggest(name, COMMANDS.map((one) => one.name));
  const hint = near === undefined ? "" : `Did you mean "cni tool ${near}"?\n`;
  return new UsageError(
    `unknown command ${JSON.stringify(name)}`,
    hint + SEE_HELP,
  );
}

/** What went wrong; the details of a CNI error on a line of their own. */
function textOf(error: unknown): string {
  if (!(error instanceof CniError)) {
    return error instanceof Error ? error.message : String(error);
  }
  const { message, details } = error;
  return details === "" ? message : `${message}\n  ${details}`;
}
