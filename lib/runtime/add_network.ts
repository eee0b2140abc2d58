import {
  type AddReply,
  findPlugin,
  PluginUnavailableError,
  readAddReply,
} from "../invoke/mod.ts";
import {
  checkContainerId,
  checkIfname,
  checkNetworkName,
  CniCode,
  CniError,
  toCniError,
} from "../spec/mod.ts";
import type { Attachment } from "./attachment.ts";
import { convertResult } from "./convert_result.ts";
import {
  cacheKey,
  callPlugin,
  chainError,
  type Engine,
  type OperationOptions,
} from "./engine.ts";
import { delPlugin } from "./del_network.ts";
import type { NetworkConfig, NetworkPlugin } from "./network_config.ts";
import { attachmentInput } from "./plugin_input.ts";

/** How an ADD is done. */
export interface AddOptions extends OperationOptions {
  /**
   * Calls the plugins that were called with DEL, last first, if the ADD fails,
   * so that it leaves nothing behind. Otherwise that is for the caller to do,
   * as with the Go library.
   */
  readonly cleanUp?: boolean | undefined;
}

/** How far an ADD got. */
interface Progress {
  /** How many plugins were called. */
  called: number;
  /** What the last of them threw. */
  fault?: CniError;
  /** The reply of the last one that succeeded. */
  reply?: AddReply;
}

/** Attaches a container: every plugin in order, then the cache. */
export async function addNetwork(
  engine: Engine,
  network: NetworkConfig,
  request: { readonly attachment: Attachment; readonly options: AddOptions },
): Promise<AddReply> {
  const { attachment, options } = request;
  checkNames(network, attachment);
  checkPlugins(engine, network);
  const key = cacheKey(network, attachment);
  orCacheError(network, () => engine.cache.prepare(key));
  const progress: Progress = { called: 0 };
  try {
    return await runChain(engine, network, { ...request, progress });
  } catch (error) {
    if (!options.cleanUp) throw error;
    throw await cleanUp(engine, network, { ...request, progress, error });
  }
}

function checkNames(network: NetworkConfig, attachment: Attachment): void {
  checkContainerId(attachment.containerId);
  checkNetworkName(network.name);
  checkIfname(attachment.ifname);
}

/** Refuses a chain that cannot be completed, before it is begun. */
function checkPlugins({ folders }: Engine, network: NetworkConfig): void {
  if (network.plugins.length === 0) {
    throw new CniError(CniCode.InvalidConfig, "no plugin configs found", {
      details: `network "${network.name}" has no plugins: name at least one`,
    });
  }
  for (const plugin of network.plugins) {
    try {
      findPlugin(plugin.type, folders);
    } catch (thrown) {
      throw chainError(network, plugin, { action: "add", thrown });
    }
  }
}

async function runChain(
  engine: Engine,
  network: NetworkConfig,
  { attachment, options, progress }: {
    readonly attachment: Attachment;
    readonly options: AddOptions;
    readonly progress: Progress;
  },
): Promise<AddReply> {
  for (const plugin of network.plugins) {
    progress.called++;
    try {
      const { reply } = progress;
      const stdin = inputAfter(network, plugin, { attachment, reply });
      const call = { command: "ADD", plugin, stdin, attachment };
      const raw = await callPlugin(engine, call, options);
      progress.reply = readAddReply(raw, network.cniVersion);
    } catch (thrown) {
      progress.fault = toCniError(thrown);
      // What was never started has nothing to take back.
      if (thrown instanceof PluginUnavailableError) progress.called--;
      throw chainError(network, plugin, { action: "add", thrown });
    }
  }
  const reply = progress.reply!;
  remember(engine, network, { attachment, reply });
  return reply;
}

/** The configuration for a plugin after the one that replied last. */
function inputAfter(
  network: NetworkConfig,
  plugin: NetworkPlugin,
  { attachment, reply }: {
    readonly attachment: Attachment;
    readonly reply: AddReply | undefined;
  },
): string {
  // A plugin may answer in another version than it was asked in; the next one
  // must be asked in the network's own.
  const prevResult = reply && convertResult(reply.json, network.cniVersion);
  const { capabilityArgs } = attachment;
  return attachmentInput(network, plugin, { prevResult, capabilityArgs });
}

function remember(
  engine: Engine,
  network: NetworkConfig,
  { attachment, reply }: {
    readonly attachment: Attachment;
    readonly reply: AddReply;
  },
): void {
  const networkName = network.name;
  const config = network.source;
  const entry = { ...attachment, networkName, config, result: reply.json };
  orCacheError(network, () => engine.cache.write(entry));
}

/** Runs `act` on the cache; its errors say that a result is to be kept. */
function orCacheError({ name }: NetworkConfig, act: () => void): void {
  try {
    act();
  } catch (cause) {
    const { code, message, details } = toCniError(cause);
    const text = `failed to set network ${JSON.stringify(name)} cached ` +
      `result: ${message}`;
    throw new CniError(code, text, { details, cause });
  }
}

/** Undoes what a failed ADD did; returns the error to throw. */
async function cleanUp(
  engine: Engine,
  network: NetworkConfig,
  { attachment, options, progress, error }: {
    readonly attachment: Attachment;
    readonly options: AddOptions;
    readonly progress: Progress;
    readonly error: unknown;
  },
): Promise<unknown> {
  const key = cacheKey(network, attachment);
  // The first plugin refuses a second ADD of an attachment that stands: what
  // it stands on is not this call's to remove.
  if (progress.reply === undefined && hasCached(engine, key)) return error;
  const prevResult = progress.reply?.json;
  const failures: string[] = [];
  // The signal that ended the ADD must not end its undoing.
  const { timeoutMs, onCall } = options;
  for (const plugin of network.plugins.slice(0, progress.called).reverse()) {
    try {
      const input = { attachment, prevResult };
      await delPlugin(engine, network, {
        plugin,
        input,
        options: { timeoutMs, onCall },
      });
    } catch (failure) {
      if (!isSameRefusal(failure, progress.fault)) {
        failures.push(String(failure));
      }
    }
  }
  try {
    // From an older ADD, of which nothing is left now.
    if (failures.length === 0) engine.cache.remove(key);
  } catch (failure) {
    failures.push(String(failure));
  }
  if (failures.length === 0) return error;
  const { code, message, details } = toCniError(error);
  const text = `the clean-up failed too: ${failures.join(", ")}`;
  return new CniError(code, message, {
    details: details === "" ? text : `${details}; ${text}`,
    cause: error,
  });
}

/**
 * Whether a plugin refuses DEL by the very words by which it has refused ADD: it
 * does not speak the version, or cannot use the configuration. So it has done
 * nothing.
 */
function isSameRefusal(failure: unknown, fault: CniError | undefined): boolean {
  return failure instanceof CniError && fault !== undefined &&
    REFUSALS.includes(failure.code) && failure.code === fault.code &&
    String(failure) === String(fault);
}

const REFUSALS: readonly number[] = [
  CniCode.IncompatibleVersion,
  CniCode.InvalidConfig,
];

function hasCached(
  { cache }: Engine,
  key: Parameters<typeof cache.result>[0],
): boolean {
  try {
    return cache.result(key) !== undefined;
  } catch {
    return false;
  }
}
