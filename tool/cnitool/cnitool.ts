import type { Registry } from "../../lib/plugin/mod.ts";
import { loadNetwork, Runtime } from "../../lib/runtime/mod.ts";
import { formatJson } from "../../lib/spec/mod.ts";
import { toolHelp, verbHelp } from "./help.ts";
import { type Command, parseCommand } from "./parse_command.ts";
import { readAttachment, readSettings } from "./read_request.ts";
import { printable, type ToolProcess, UsageError } from "../../terminal/mod.ts";

/** What {@linkcode cnitool} works with. */
export interface CnitoolOptions {
  /** The version to tell. */
  readonly programVersion: string;
  /** Where variables come from and output goes to. */
  readonly process: ToolProcess;
  /** The plugins that are part of this program. */
  readonly registry?: Registry | undefined;
  /** Path of this program's executable. */
  readonly self?: string | undefined;
  /** The folder of the result cache. Default: `/var/lib/cni`. */
  readonly cacheDir?: string | undefined;
}

/**
 * `cnitool`: attaches network namespaces to networks, and detaches them, with
 * the arguments, variables, output and exit status of the reference's. A failed
 * `add` leaves nothing behind.
 *
 * @param args The words after the program's name.
 * @returns The exit status: 0 if it was done, 1 if it failed.
 */
export async function cnitool(
  args: readonly string[],
  options: CnitoolOptions,
): Promise<number> {
  const { process } = options;
  try {
    return await run(parseCommand(args), options);
  } catch (error) {
    if (error instanceof UsageError) {
      process.writeStderr(
        printable(`Error: ${error.message}\n\n${error.hint}`),
      );
      return 1;
    }
    process.writeStderr(`Error: ${printable(textOf(error))}\n`);
    return 1;
  }
}

async function run(command: Command, options: CnitoolOptions): Promise<number> {
  const { process, programVersion } = options;
  switch (command.kind) {
    case "help": {
      const { verb } = command;
      const help = verb === undefined ? toolHelp() : verbHelp(verb);
      process.writeStdout(help);
      return 0;
    }
    case "version":
      process.writeStdout(`cnitool ${programVersion}\n`);
      return 0;
    case "run":
      process.writeStdout(await operate(command, options));
      return 0;
  }
}

/** Does what the command says; returns what belongs on stdout. */
async function operate(
  command: Command & { readonly kind: "run" },
  { process, registry, self, cacheDir }: CnitoolOptions,
): Promise<string> {
  const settings = readSettings(process);
  const warn = (message: string) =>
    process.writeStderr(`${printable(message)}\n`);
  const network = loadNetwork(settings.configFolder, command.network, { warn });
  const attachment = await readAttachment(process, command);
  const runtime = new Runtime({
    path: settings.pluginFolders,
    cacheDir,
    warn,
    registry,
    self,
    forceExec: process.env("CNI_FORCE_EXEC") !== "",
  });
  switch (command.verb) {
    case "add": {
      const options = { cleanUp: true };
      const { json } = await runtime.add(network, attachment, options);
      // The reference ends without a newline.
      return printable(formatJson(json));
    }
    case "check":
      await runtime.check(network, attachment);
      return "";
    case "del":
      await runtime.del(network, attachment);
      return "";
    case "gc":
      await runtime.gc(network, []);
      return "";
    case "status":
      await runtime.status(network);
      return "";
  }
}

function textOf(error: unknown): string {
  // A CNI error's text has its details, any other's the name of its class.
  return error instanceof Error && error.name !== "CniError"
    ? error.message
    : String(error);
}
