import { CniCode, CniError } from "../spec/mod.ts";
import type { Context, Plugin } from "./define.ts";
import { aboutText, dispatch, type Environment } from "./dispatch.ts";
import { type Process, readEnvironment } from "./process.ts";
import { takeBack } from "./take_back.ts";

/** What {@linkcode runPlugin} needs besides the plugin. */
export interface RunPluginOptions {
  /** Where variables and stdin come from and output goes to. */
  readonly process: Process;
  /** What the plugin may ask of its surroundings. */
  readonly context: Context;
  /** The version of the program, for the text that introduces the plugin. */
  readonly programVersion: string;
}

/**
 * Runs a plugin as a process does: one call from the environment and stdin to
 * stdout (CNI 1.1.0, section 2). Started by hand, without `CNI_COMMAND`, it
 * says on stderr what it is. If stdout cannot be written, it says so on stderr,
 * and an ADD is taken back: its result is known to no one.
 *
 * @returns The exit status: 0 for success, 1 if it failed.
 */
export async function runPlugin(
  plugin: Plugin,
  { process, context, programVersion }: RunPluginOptions,
): Promise<number> {
  const environment = readEnvironment(process);
  if (environment.command === "") {
    process.writeStderr(aboutText(plugin, programVersion));
    return 0;
  }
  let stdin = "";
  const readStdin = async () => stdin = await readConfiguration(process);
  const reply = await dispatch(plugin, environment, { readStdin, context });
  if (reply.stderr !== "") process.writeStderr(reply.stderr);
  try {
    if (reply.stdout !== "") process.writeStdout(reply.stdout);
    return reply.status;
  } catch (error) {
    const reason = reasonOf(error);
    process.writeStderr(`Cannot write to stdout: ${reason}\n`);
    const isAdded = environment.command === "ADD" && reply.status === 0;
    if (isAdded) {
      const again = { readStdin: () => Promise.resolve(stdin), context };
      const del = (call: Environment) => dispatch(plugin, call, again);
      process.writeStderr(await takeBack(environment, del));
    }
    return 1;
  }
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/ \(os error \d+\)$/, "");
}

async function readConfiguration(process: Process): Promise<string> {
  try {
    return await process.readStdin();
  } catch (cause) {
    const message = `error reading from stdin: ${reasonOf(cause)}`;
    throw new CniError(CniCode.IoFailure, message, { cause });
  }
}
