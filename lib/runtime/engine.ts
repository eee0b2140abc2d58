import type { ExecOptions, Invoker } from "../invoke/mod.ts";
import type { Call, Reply } from "../plugin/mod.ts";
import { CniError, toCniError } from "../spec/mod.ts";
import { argsText, type Attachment } from "./attachment.ts";
import type { NetworkConfig, NetworkPlugin } from "./network_config.ts";
import type { CacheKey, ResultCache } from "./result_cache.ts";

/** A plugin that is about to be called. */
export interface CallNotice {
  /** ADD, CHECK, DEL, GC or STATUS. */
  readonly command: string;
  /** The plugin's type. */
  readonly plugin: string;
}

/** What else may be said about an operation. */
export interface OperationOptions {
  /**
   * Ends the operation when aborted: the plugin that runs is killed with every
   * process that it started, and those after it are not called.
   */
  readonly signal?: AbortSignal | undefined;
  /** Told about each plugin before it is called. */
  readonly onCall?: ((call: CallNotice) => void) | undefined;
  /** Ends a plugin likewise that takes longer than this, in milliseconds. */
  readonly timeoutMs?: number | undefined;
}

/** What the operations of a runtime share. */
export interface Engine {
  readonly invoker: Invoker;
  readonly folders: readonly string[];
  readonly path: string;
  readonly cache: ResultCache;
  /** The locks of networks that are held, as `Call` has them. */
  readonly networkLocks?: string | undefined;
  /** Told why a network cannot be locked. */
  readonly onUnlocked: (reason: CniError) => void;
}

/** A call of one plugin of a network. */
export interface PluginCall {
  readonly command: string;
  readonly plugin: NetworkPlugin;
  /** The configuration for it. */
  readonly stdin: string;
  /** Absent for commands that concern no attachment. */
  readonly attachment?: Attachment;
}

/** Calls a plugin; how it ended is for the caller to judge. */
export function callPlugin(
  engine: Engine,
  call: PluginCall,
  { signal, timeoutMs, onCall }: OperationOptions,
): Promise<Reply> {
  const options: ExecOptions = { signal, timeoutMs };
  onCall?.({ command: call.command, plugin: call.plugin.type });
  return engine.invoker.call(call.plugin.type, callOf(engine, call), options);
}

/** What a plugin is called with. */
export function callOf(
  engine: Engine,
  { command, stdin, attachment }: PluginCall,
): Call {
  return {
    command,
    containerId: attachment?.containerId ?? "",
    netns: attachment?.netns ?? "",
    ifname: attachment?.ifname ?? "",
    args: attachment === undefined ? "" : argsText(attachment),
    path: engine.path,
    netnsOverride: "",
    ...(engine.networkLocks ? { networkLocks: engine.networkLocks } : {}),
    stdin,
  };
}

/** The key of an attachment in the cache. */
export function cacheKey(
  { name }: NetworkConfig,
  { containerId, ifname }: Attachment,
): CacheKey {
  return { networkName: name, containerId, ifname };
}

/**
 * The error of a plugin in a chain, which says which one failed at what; code
 * and details are the plugin's own. A single plugin's error stays as it is.
 *
 * @param action As the Go library puts it: "add" or "delete".
 */
export function chainError(
  network: NetworkConfig,
  plugin: NetworkPlugin,
  { action, thrown }: { readonly action: string; readonly thrown: unknown },
): CniError {
  const error = toCniError(thrown);
  if (network.kind === "single") return error;
  const name = plugin.name === undefined
    ? ""
    : ` name=${JSON.stringify(plugin.name)}`;
  const which = `plugin type=${JSON.stringify(plugin.type)}${name}`;
  const message = `${which} failed (${action}): ${error.message}`;
  const { code, details } = error;
  return new CniError(code, message, { details, cause: error });
}
