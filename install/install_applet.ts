import { runCommand } from "../lib/linux/mod.ts";
import { readNetwork } from "../lib/runtime/mod.ts";
import { CniCode, CniError } from "../lib/spec/mod.ts";
import {
  type Flag,
  parseWords,
  readFurther,
  readNamedBytes,
  type TerminalProcess,
  UsageError,
  type Words,
} from "../terminal/mod.ts";
import type { Registry } from "../lib/plugin/mod.ts";
import { INSTALL_SCRIPT, UNINSTALL_SCRIPT } from "./install_script.ts";

/** What the applets `install` and `uninstall` work with. */
export interface InstallContext {
  /** Where variables come from and output goes to. */
  readonly process: TerminalProcess;
  /** The version to tell. */
  readonly programVersion: string;
  /** The plugins that are part of this program. */
  readonly registry: Registry;
  /** Path of this program's executable. */
  readonly self: string;
  /** Whether this program is one file, which can be copied. Default: asked. */
  readonly isCompiled?: boolean | undefined;
  /** The system. Default: this one. */
  readonly os?: "linux" | "windows" | undefined;
}

/** Where things go unless a flag says otherwise. */
const DEFAULTS = { binDir: "/opt/cni/bin", confDir: "/etc/cni/net.d" };

const BIN_DIR: Flag = {
  name: "bin-dir",
  value: "DIR",
  summary: `folder of the plugins (${DEFAULTS.binDir})`,
};
const CONF: Flag = {
  name: "conf",
  value: "FILE",
  summary: "a network configuration, which keeps its name",
};
const CONF_DIR: Flag = {
  name: "conf-dir",
  value: "DIR",
  summary: `folder of the configurations (${DEFAULTS.confDir})`,
};
const FLAGS = [BIN_DIR, CONF, CONF_DIR];

/**
 * `cni install` and `cni uninstall`: puts this program, a link for each applet
 * and a configuration in place, or takes them away.
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
    const words = parseWords(args, FLAGS);
    if (words.has("help")) {
      process.writeStdout(help(applet));
      return 0;
    }
    const [extra] = words.operands;
    if (extra !== undefined) {
      throw new UsageError(`too many arguments: ${JSON.stringify(extra)}`);
    }
    const act = applet === "install" ? install : uninstall;
    process.writeStdout(await act(readPlaces(words), context));
    return 0;
  } catch (error) {
    process.writeStderr(`Error: ${textOf(error)}\n`);
    if (!(error instanceof UsageError)) return 1;
    const see = `Run 'cni ${applet} --help' for usage.\n`;
    process.writeStderr(`\n${error.hint}${see}`);
    return 2;
  }
}

/** Where things go. */
interface Places {
  readonly binDir: string;
  /** Empty if there is none. */
  readonly conf: string;
  readonly confDir: string;
}

function readPlaces(words: Words): Places {
  const conf = words.value("conf") ?? "";
  if (conf !== "" && !/\.(conflist|conf|json)$/.test(conf)) {
    throw new UsageError(
      `--conf is ${JSON.stringify(conf)}: expected a file that ends in ` +
        ".conflist, .conf or .json, since runtimes read no other",
    );
  }
  const binDir = words.value("bin-dir") ?? DEFAULTS.binDir;
  const confDir = words.value("conf-dir") ?? DEFAULTS.confDir;
  return { binDir, conf, confDir };
}

async function install(
  { binDir, conf, confDir }: Places,
  context: InstallContext,
): Promise<string> {
  const { self = "", registry = new Map(), programVersion } = context;
  checkForm(binDir, context);
  if (conf !== "") {
    await checkConfig({ conf, confDir }, context.process);
  }
  const applets = ["cnitool", ...registry.keys()].sort();
  const done = await runScript(INSTALL_SCRIPT, [
    ...[binDir, self, programVersion, conf, confDir],
    ...applets,
  ], `Cannot install into ${binDir}`);
  const links = `${applets.length} links`;
  return `${done}Installed cni ${programVersion} and ${links} into ${binDir}\n`;
}

async function uninstall({ binDir, conf, confDir }: Places): Promise<string> {
  const file = conf === "" ? "" : `${confDir}/${baseName(conf)}`;
  const failure = `Cannot uninstall from ${binDir}`;
  const done = await runScript(UNINSTALL_SCRIPT, [binDir, file], failure);
  return `${done}Uninstalled cni from ${binDir}\n`;
}

/** @throws {Error} If this program cannot be installed by copying it. */
function checkForm(
  binDir: string,
  { isCompiled = Deno.build.standalone, os }: InstallContext,
): void {
  if ((os ?? Deno.build.os) === "windows") {
    throw new Error(
      "Cannot install on Windows: unpack the release into the folder of the " +
        "plugins and run make-links.cmd there",
    );
  }
  if (isCompiled) return;
  throw new Error(
    "Cannot install the portable form, which is more than one file: run " +
      `make install BINDIR=${binDir} in the checkout, or take a release`,
  );
}

/** @throws {CniError} If some runtime could not read it where it will be. */
async function checkConfig(
  { conf, confDir }: Pick<Places, "conf" | "confDir">,
  process: TerminalProcess,
): Promise<void> {
  const content = await readNamedBytes(conf, process);
  const place = `${confDir}/${baseName(conf)}`;
  const further = await readFurther({ file: place, content }, process);
  const { warnings } = readNetwork({ file: conf, content }, further);
  const [first] = warnings;
  if (first === undefined) return;
  const { file, message, line, column } = first;
  throw new CniError(CniCode.InvalidConfig, message, {
    details: `file ${file}: line ${line}, column ${column}`,
  });
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

async function runScript(
  script: string,
  args: readonly string[],
  failure: string,
): Promise<string> {
  // The words are arguments: the shell does not read them.
  const command = { program: "sh", args: ["-c", script, "sh", ...args] };
  const { status, stdout, stderr } = await runCommand(command);
  if (status === 0) return stdout;
  throw new Error(`${failure}: ${stderr.trim() || `exit status ${status}`}`);
}

function help(applet: "install" | "uninstall"): string {
  const what = applet === "install"
    ? `Put this program and a link for each plugin and for cnitool in place.

The new program is tried before it replaces the old one, each file is replaced
in one step, and the configuration comes last.`
    : `Take away what install has put in place, and put back what it replaced.`;
  const rows = FLAGS.map(({ name, value, summary }) =>
    `  ${`--${name} ${value}`.padEnd(16)}${summary}\n`
  );
  return `${what}

Usage:
  cni ${applet} [--bin-dir DIR] [--conf FILE] [--conf-dir DIR]

Flags:
${rows.join("")}`;
}

function textOf(error: unknown): string {
  if (!(error instanceof CniError)) {
    return error instanceof Error ? error.message : String(error);
  }
  const { message, details } = error;
  return details === "" ? message : `${message}\n  ${details}`;
}
