import { CniCode, CniError } from "../spec/mod.ts";
import type { Context, Plugin } from "./define.ts";
import { aboutText, dispatch } from "./dispatch.ts";
import { type Process, readEnvironment, writeReply } from "./process.ts";

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
 * says on stderr what it is.
 *
 * @returns The exit status: 0 for success, 1 if an error object was printed.
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
  const readStdin = () => readConfiguration(process);
  const reply = await dispatch(plugin, environment, { readStdin, context });
  writeReply(process, reply);
  return reply.status;
}

async function readConfiguration(process: Process): Promise<string> {
  try {
    return await process.readStdin();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `error reading from stdin: ${reason}`;
    throw new CniError(CniCode.IoFailure, message, { cause });
  }
}
