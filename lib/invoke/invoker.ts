import {
  type Call,
  type Context,
  dispatch,
  type Plugin,
  type Registry,
  type Reply,
} from "../plugin/mod.ts";
import { isJsonObject, type Json } from "../spec/mod.ts";
import { checkRole } from "./check_role.ts";
import { type ExecOptions, execPlugin } from "./exec_plugin.ts";
import { findPlugin, type PluginFile, pluginNotFound } from "./find_plugin.ts";
import { splitPluginPath } from "./plugin_path.ts";
import { checkReply, readAddReply } from "./read_reply.ts";

/** What calls of plugins need to know about this program. */
export interface InvokerOptions {
  /** The plugins that are part of this program; none when absent. */
  readonly registry?: Registry | undefined;
  /**
   * Path of this program's executable. A plugin that is found to be the same
   * file is called in this process; without it, none is.
   */
  readonly self?: string | undefined;
  /** Calls every plugin as a child process, even those of this program. */
  readonly forceExec?: boolean | undefined;
  /** Runs a file as a child process; {@linkcode execPlugin} when absent. */
  readonly exec?: typeof execPlugin | undefined;
  /** Takes what plugins print to stderr, and warnings of those called here. */
  readonly warn: (message: string) => void;
}

/** Calls plugins by name. */
export interface Invoker {
  /**
   * Finds a plugin in `call.path` and calls it: in this process if the file
   * found is this program, as a child process otherwise. A call that can be
   * ended (`signal`, `timeoutMs`) is always a child process, as only that can
   * be.
   *
   * @param type The plugin's name.
   * @returns How the call ended, whatever its status. Its stderr was handed to
   * `warn` already.
   * @throws {CniError} If the plugin was not found, could not be started or was
   * ended from outside.
   */
  call(type: string, call: Call, options?: ExecOptions): Promise<Reply>;
  /**
   * Finds a plugin as {@linkcode Invoker.call} does, and does not call it.
   *
   * @param path The text of `CNI_PATH`.
   * @throws {CniError} If the plugin was not found.
   */
  find(type: string, path: string): FoundPlugin;
  /** What a plugin in this process is handed, to delegate by this invoker. */
  readonly context: Context;
}

/** A plugin that {@linkcode Invoker.find} has found. */
export interface FoundPlugin {
  /** The file that would be executed. */
  readonly path: string;
  /** Loads it, if that file is this program: whether it is executed or not. */
  readonly load?: (() => Promise<Plugin>) | undefined;
}

/**
 * Makes an {@linkcode Invoker}.
 *
 * @example Call a plugin of this program
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const invoker = createInvoker({ warn: console.warn });
 * assertEquals(typeof invoker.context.delegate, "function");
 * ```
 */
export function createInvoker(options: InvokerOptions): Invoker {
  const isSelf = selfTest(options.self);
  const exec = options.exec ?? execPlugin;
  const loaderOf = (type: string, file: PluginFile | undefined) => {
    const loader = options.registry?.get(type);
    return loader && file?.isSeen && isSelf(file.path) ? loader : undefined;
  };

  const call: Invoker["call"] = async (type, request, execOptions = {}) => {
    const folders = splitPluginPath(request.path);
    const files = findPlugin(type, folders);
    const isEndable = execOptions.signal !== undefined ||
      execOptions.timeoutMs !== undefined;
    const isChild = isEndable || options.forceExec;
    const loader = isChild ? undefined : loaderOf(type, files[0]);
    const reply = loader === undefined
      ? await execFirst(files, (path) => exec(path, request, execOptions))
      : await callHere(await loader(), request, context);
    if (reply === undefined) throw pluginNotFound(type, folders);
    const stderr = reply.stderr.trimEnd();
    if (stderr !== "") options.warn(stderr);
    return reply;
  };

  const delegate: Context["delegate"] = async (
    type,
    request,
    { role } = {},
  ) => {
    if (role !== undefined) {
      // What is out of sight in a folder before may be another one of its name.
      const files = findPlugin(type, splitPluginPath(request.path));
      const plugin = await loaderOf(type, files.at(-1))?.();
      if (plugin !== undefined) checkRole(plugin, role);
    }
    const reply = await call(type, request);
    checkReply(reply);
    if (request.command !== "ADD") return {};
    try {
      return readAddReply(reply, versionIn(request.stdin)).result;
    } catch (error) {
      // What it has given out cannot be told, so nobody else would have it
      // taken back.
      await giveBack(type, request);
      throw error;
    }
  };

  const giveBack = async (type: string, request: Call) => {
    try {
      checkReply(await call(type, { ...request, command: "DEL" }));
    } catch (failure) {
      options.warn(`Cannot undo: ${failure}`);
    }
  };

  const find: Invoker["find"] = (type, path) => {
    const folders = splitPluginPath(path);
    const files = findPlugin(type, folders);
    const [first] = files;
    if (first === undefined) throw pluginNotFound(type, folders);
    return { path: first.path, load: loaderOf(type, first) };
  };

  const preload: Context["preload"] = (type, request) => {
    try {
      find(type, request.path).load?.().catch(() => {});
    } catch {
      // What fails here fails again, and is told, when the plugin is called.
    }
  };

  const isForeign: Context["isForeign"] = (type, { path }) => {
    const files = findPlugin(type, splitPluginPath(path));
    return files.length > 0 && loaderOf(type, files[0]) === undefined;
  };

  const { warn } = options;
  const context: Context = { delegate, preload, isForeign, warn };
  return { call, find, context };
}

/** Makes what {@linkcode runPlugin} hands to a plugin for its delegations. */
export function createContext(options: InvokerOptions): Context {
  return createInvoker(options).context;
}

/**
 * Tests whether a path leads to this very executable, or beside it to one of the
 * copies that `cni install` gives the plugins' names: of the program, or of what
 * starts it.
 */
function selfTest(self: string | undefined): (path: string) => boolean {
  let own: string | undefined;
  return (path) => {
    if (self === undefined) return false;
    try {
      own ??= Deno.realPathSync(self);
      const found = Deno.realPathSync(path);
      if (found === own) return true;
      const folder = own.slice(0, own.lastIndexOf("/") + 1);
      return found.startsWith(folder) &&
        [own, ...STARTERS.map((name) => `${folder}${name}`)]
          .some((model) => isCopy(found, model));
    } catch {
      // What may not be looked at counts as another program: exec always works.
      return false;
    }
  };
}

/** What starts the program under a plugin's name, beside the program. */
const STARTERS = ["cni-shim", "cni-launcher"];

/** Whether a file was copied from another: another program's has its own time. */
function isCopy(path: string, model: string): boolean {
  try {
    const [one, other] = [Deno.statSync(path), Deno.statSync(model)];
    return one.size === other.size &&
      one.mtime?.getTime() === other.mtime?.getTime();
  } catch {
    return false;
  }
}

function callHere(
  plugin: Plugin,
  { stdin, ...environment }: Call,
  context: Context,
): Promise<Reply> {
  const readStdin = () => Promise.resolve(stdin);
  return dispatch(plugin, environment, { readStdin, context });
}

/**
 * Runs the first file that is there; `undefined` if none is.
 *
 * @throws {CniError} Also if one is there and cannot be started.
 */
async function execFirst(
  files: readonly PluginFile[],
  exec: (path: string) => Promise<Reply>,
): Promise<Reply | undefined> {
  let refused: unknown;
  for (const { path, isSeen } of files) {
    try {
      return await exec(path);
    } catch (error) {
      const cause = error instanceof Error ? error.cause : undefined;
      const isRefused = cause instanceof Deno.errors.PermissionDenied;
      const isAbsent = cause instanceof Deno.errors.NotFound;
      if (isSeen || !(isRefused || isAbsent)) throw error;
      // As in PATH: one that can be started, in a later folder, comes before.
      if (isRefused) refused ??= error;
    }
  }
  if (refused !== undefined) throw refused;
  return undefined;
}

/** The `cniVersion` of a configuration; empty if it says none. */
function versionIn(stdin: string): string {
  try {
    const value: Json = JSON.parse(stdin);
    const version = isJsonObject(value) ? value.cniVersion : undefined;
    return typeof version === "string" ? version : "";
  } catch {
    return "";
  }
}
