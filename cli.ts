/**
 * The entry of the one binary: chooses the applet by the name that the program
 * was started by, or by its first argument, and does nothing else.
 *
 * @module
 */
import {
  BUILD_ID,
  denoProcess,
  type Plugin,
  type Registry,
  restoreEnvironment,
  runPlugin,
} from "./lib/plugin/mod.ts";
import { appletName, createContext } from "./lib/invoke/mod.ts";
import { startTrace } from "./lib/trace/mod.ts";
import { registryFor } from "./plugins/mod.ts";
import { VERSION } from "./version.ts";

/** Starts the applet that `argv` names; returns the exit status. */
async function main(argv: readonly string[]): Promise<number> {
  const [argv0 = "cni", ...args] = argv;
  if (!Deno.build.standalone) restoreEnvironment();
  if (denoProcess.env("CNI_TRACE") === "1") startTrace(denoProcess.writeStderr);
  const os = Deno.build.os === "windows" ? "windows" : "linux";
  const registry = registryFor(os);
  const name = appletName(argv0);
  const isApplet = registry.has(name) || name === "cnitool";
  const [applet = "", ...rest] = isApplet ? [name, ...args] : args;
  // Started through PATH, argv[0] is a bare name; the launcher's is a path.
  const self = Deno.build.standalone ? Deno.execPath() : argv0;
  const loadPlugin = registry.get(applet);
  if (loadPlugin !== undefined) {
    return await startPlugin(await loadPlugin(), registry, self);
  }
  if (applet === "conformance") {
    const { conformance } = await import("./conformance/mod.ts");
    return await conformance(rest, { programVersion: VERSION });
  }
  if (applet === "install" || applet === "uninstall") {
    const { installApplet } = await import("./install/mod.ts");
    const { terminalProcess: process } = await import("./terminal/mod.ts");
    return await installApplet(applet, rest, {
      ...{ process, registry, self },
      programVersion: VERSION,
      buildId: BUILD_ID,
    });
  }
  if (applet === "daemon" && os === "linux") {
    const { runDaemon } = await import("./daemon/mod.ts");
    const { terminalProcess: process } = await import("./terminal/mod.ts");
    return await runDaemon(rest, {
      process,
      registry,
      self,
      buildId: BUILD_ID,
    });
  }
  const { runTool } = await import("./tool/mod.ts");
  const allPlugins = registryFor("linux");
  return await runTool(applet, rest, {
    ...{ registry, allPlugins, self },
    programVersion: VERSION,
    buildId: BUILD_ID,
  });
}

/** Runs a plugin with the real process; returns the exit status. */
function startPlugin(
  plugin: Plugin,
  registry: Registry,
  self: string,
): Promise<number> {
  const context = createContext({
    registry,
    self,
    forceExec: denoProcess.env("CNI_FORCE_EXEC") !== "",
    warn: (message) => denoProcess.writeStderr(`${message}\n`),
  });
  const options = { process: denoProcess, context, programVersion: VERSION };
  return runPlugin(plugin, options);
}

/**
 * The words that this program was started with. Compiled, the first one is
 * argv[0]; otherwise whoever starts it (the launcher, `deno task cni`) puts
 * that in front of the arguments.
 */
function commandLine(): readonly string[] {
  if (!Deno.build.standalone) return Deno.args;
  return [compiledArgv0() ?? Deno.execPath(), ...Deno.args];
}

/** argv[0], as Deno keeps it for its own use; reading it elsewhere costs 10 ms. */
function compiledArgv0(): string | undefined {
  const deno: { readonly internal?: symbol; readonly [key: symbol]: unknown } =
    Deno as never;
  const internals = deno.internal === undefined
    ? undefined
    : deno[deno.internal] as {
      readonly __nodeBootstrapArgs?: { readonly argv0?: string };
    };
  return internals?.__nodeBootstrapArgs?.argv0;
}

if (import.meta.main) Deno.exit(await main(commandLine()));
