import type { Registry } from "../lib/plugin/mod.ts";
import {
  suggest,
  type TerminalProcess,
  terminalProcess,
} from "../terminal/mod.ts";

/** What {@linkcode runTool} works with. */
export interface RunToolOptions {
  /** The plugins that are part of this program. */
  readonly registry: Registry;
  /** Those plugins, and the ones that run on other systems only. */
  readonly allPlugins?: Registry;
  /** Path of this program's executable. */
  readonly self: string;
  /** The version to tell. */
  readonly programVersion: string;
  /** The build that this program belongs to. */
  readonly buildId?: string;
  /** The process to run in. Default: the real one. */
  readonly process?: TerminalProcess;
}

/** The names that the tool answers to. */
const TOOLS = [
  ...["cnitool", "tool", "daemon", "conformance", "install", "uninstall"],
];

/**
 * Runs what is no plugin: the tool under either of its names, or the program's
 * own help and version.
 *
 * @param applet What was asked for: `cnitool`, `tool`, `--version` or anything.
 * @param args The words after it.
 * @returns The exit status; 2 if there is no such applet.
 */
export async function runTool(
  applet: string,
  args: readonly string[],
  options: RunToolOptions,
): Promise<number> {
  const { process = terminalProcess, registry, self, programVersion } = options;
  const context = { programVersion, process, registry, self };
  switch (applet) {
    case "cnitool": {
      const { cnitool } = await import("./cnitool/cnitool.ts");
      return await cnitool(args, context);
    }
    case "tool": {
      const { tool } = await import("./tool.ts");
      const { allPlugins, buildId } = options;
      return await tool(args, { ...context, allPlugins, buildId });
    }
    case "":
    case "help":
    case "-h":
    case "--help":
      process.writeStdout(programHelp(registry));
      return 0;
    case "version":
    case "-v":
    case "--version":
      process.writeStdout(`cni ${programVersion}\n`);
      return 0;
  }
  const applets = [...TOOLS, ...registry.keys()];
  process.writeStderr(unknownApplet(applet, applets));
  return 2;
}

function programHelp(registry: Registry): string {
  return `CNI plugins and tools in one program.

Usage:
  cni tool <command>   attach network namespaces to networks: see cni tool --help
  cni cnitool          the same, exactly as the reference's cnitool does it
  cni daemon           stay, and run the calls that cni-shim hands over
  cni conformance      put plugins to the test, clause by clause of the
                       specification
  cni <plugin>         run a plugin, which is told what to do by its environment
  cni install          put this program and its names in place; uninstall
                       takes them away
  cni --version        show the version

Plugins:
  ${[...registry.keys()].join("\n  ")}

Started under the name of a plugin or cnitool, through a link, it is that.
`;
}

function unknownApplet(applet: string, applets: readonly string[]): string {
  const [near] = suggest(applet, applets);
  const hint = near === undefined ? "" : `Did you mean "cni ${near}"?\n`;
  return `Error: unknown command "${applet}" for "cni"\n\n${hint}` +
    "Run 'cni --help' for usage.\n";
}
