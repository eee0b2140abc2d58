import { type Registry, versionReply } from "../lib/plugin/mod.ts";
import { CniError } from "../lib/spec/mod.ts";
import {
  parseWords,
  type TerminalProcess,
  UsageError,
  type Words,
} from "../terminal/mod.ts";
import { checkConfig } from "./check_config.ts";
import { daemonUnit } from "./daemon_unit.ts";
import { installHelp } from "./install_help.ts";
import { INSTALL_SCRIPT } from "./install_script.ts";
import { type Library, ownLibrary } from "./own_library.ts";
import {
  INSTALL_FLAGS,
  NO_LINKS,
  type Places,
  readPlaces,
  RESIDENT,
} from "./places.ts";
import { residentAdvice } from "./resident_advice.ts";
import { runScript } from "./run_script.ts";
import { UNINSTALL_SCRIPT } from "./uninstall_script.ts";

/** What the applets `install` and `uninstall` work with. */
export interface InstallContext {
  /** Where variables come from and output goes to. */
  readonly process: TerminalProcess;
  /** The version to tell. */
  readonly programVersion: string;
  /** The build that this program belongs to, and its shim. */
  readonly buildId: string;
  /** The plugins that are part of this program. */
  readonly registry: Registry;
  /** Path of this program's executable, or of its launcher. */
  readonly self: string;
  /** Whether this program is one file. Default: asked. */
  readonly isCompiled?: boolean | undefined;
  /** What the portable form consists of. Default: this program's. */
  readonly library?: Library | undefined;
  /** The system. Default: this one. */
  readonly os?: "linux" | "windows" | undefined;
}

/**
 * `cni install` and `cni uninstall`: puts this program, a file for each applet
 * and a configuration in place, or takes them away. `make install` calls it too.
 *
 * The program may write to its state folders only, so a shell does it, with the
 * rights of whoever installs. Needs `--allow-run`.
 *
 * @param args The words after the applet's name.
 * @returns The exit status: 0 if it was done, 1 if it failed, 2 if the command
 * line is wrong.
 */
export async function installApplet(
  applet: "install" | "uninstall",
  args: readonly string[],
  context: InstallContext,
): Promise<number> {
  const { process } = context;
  try {
    const words = parseWords(args, INSTALL_FLAGS);
    if (words.has("help")) {
      process.writeStdout(installHelp(applet));
      return 0;
    }
    const [extra] = words.operands;
    if (extra !== undefined) {
      throw new UsageError(`too many arguments: ${JSON.stringify(extra)}`);
    }
    const act = applet === "install" ? install : uninstall;
    process.writeStdout(await act(words, context));
    return 0;
  } catch (error) {
    process.writeStderr(`Error: ${textOf(error)}\n`);
    if (!(error instanceof UsageError)) return 1;
    const see = `Run 'cni ${applet} --help' for usage.\n`;
    process.writeStderr(`\n${error.hint}${see}`);
    return 2;
  }
}

async function install(
  words: Words,
  context: InstallContext,
): Promise<string> {
  const { process, self, registry, programVersion, buildId } = context;
  const places = readPlaces(words, process);
  const { destDir, binDir, prefix, conf } = places;
  const library = findLibrary(context);
  if (conf !== "") await checkConfig(places, process);
  const isResident = words.has(RESIDENT.name);
  const names = ["cnitool", ...[...registry.keys()].sort()];
  const done = await runScript(INSTALL_SCRIPT, {
    variables: {
      ...placeVariables(places),
      prefix,
      links: words.has(NO_LINKS.name) ? "" : "cni cnitool",
      self,
      version: programVersion,
      build: buildId,
      reply: await replyOf(registry, names[1]),
      library: library?.folder ?? "",
      deno: library?.deno ?? "",
      shim: isResident
        ? `${self.slice(0, self.lastIndexOf("/"))}/cni-shim`
        : "",
      unit: isResident ? daemonUnit(binDir) : "",
    },
    names,
    failure: `Cannot install into ${destDir}${binDir}`,
  });
  const mode = isResident ? " in resident mode" : "";
  const what = `cni ${programVersion} and ${names.length} names${mode}`;
  const advice = isResident ? residentAdvice(binDir) : "";
  return `${done}Installed ${what} into ${destDir}${binDir}\n${advice}`;
}

async function uninstall(
  words: Words,
  { process }: InstallContext,
): Promise<string> {
  const places = readPlaces(words, process);
  const from = `${places.destDir}${places.binDir}`;
  const done = await runScript(UNINSTALL_SCRIPT, {
    variables: placeVariables(places),
    failure: `Cannot uninstall from ${from}`,
  });
  return `${done}Uninstalled cni from ${from}\n`;
}

function placeVariables({ destDir, binDir, conf, confDir }: Places) {
  return { dest: destDir, bin: binDir, conf, conf_dir: confDir };
}

/** What a plugin of this program replies to VERSION. */
async function replyOf(
  registry: Registry,
  name: string | undefined,
): Promise<string> {
  const plugin = await registry.get(name ?? "")?.();
  return plugin === undefined ? "" : versionReply(plugin).stdout.trimEnd();
}

/** @throws {Error} If this program cannot be installed. */
function findLibrary(
  { isCompiled = Deno.build.standalone, library, os }: InstallContext,
): Library | undefined {
  if ((os ?? Deno.build.os) === "windows") {
    throw new Error(
      "Cannot install on Windows: unpack the release into the folder of the " +
        "plugins and run make-links.cmd there",
    );
  }
  return library ?? ownLibrary(isCompiled);
}

function textOf(error: unknown): string {
  if (!(error instanceof CniError)) {
    return error instanceof Error ? error.message : String(error);
  }
  const { message, details } = error;
  return details === "" ? message : `${message}\n  ${details}`;
}
