import { checkReply } from "../invoke/mod.ts";
import {
  type AttachmentId,
  checkNetworkName,
  CniError,
  isAtLeast,
  toCniError,
} from "../spec/mod.ts";
import type { CachedAttachment } from "./cache_entry.ts";
import { delNetwork } from "./del_network.ts";
import { callPlugin, type Engine, type OperationOptions } from "./engine.ts";
import type { NetworkConfig } from "./network_config.ts";
import { withNetworkLock } from "./network_lock.ts";
import { gcInput } from "./plugin_input.ts";
import type { CacheSnapshot } from "./result_cache.ts";

/** The attachments that a GC keeps, or what tells them. */
export type ValidList =
  | readonly AttachmentId[]
  | (() => readonly AttachmentId[] | Promise<readonly AttachmentId[]>);

/** What a GC is told. */
export interface GcRequest {
  /** The attachments to keep, besides those that are made meanwhile. */
  readonly valid: ValidList;
  /** What may end it. */
  readonly options: OperationOptions;
}

/**
 * Removes what belongs to no valid attachment: first the attachments that the
 * cache knows, each by a DEL, then what the plugins find. The network is locked
 * for each DEL by itself, so that others need not wait for all of them; what
 * was added since the call, and may thus be missing in the list, is valid.
 */
export async function gcNetwork(
  engine: Engine,
  network: NetworkConfig,
  { valid, options }: GcRequest,
): Promise<void> {
  if (network.disableGC) return;
  checkNetworkName(network.name);
  const before = engine.cache.snapshot();
  const list = typeof valid === "function" ? await valid() : valid;
  const request = { valid: list, before, options };
  const failures = [
    ...await delStale(engine, network, request),
    ...await locked(engine, network, {
      options,
      act: (inside) => gcPlugins(inside, network, request),
    }),
  ];
  const [first] = failures;
  if (first === undefined) return;
  const text = failures.map(String).join("\n");
  throw new CniError(first.code, text, { cause: new AggregateError(failures) });
}

/** A {@linkcode GcRequest} whose list is known. */
interface Known {
  readonly valid: readonly AttachmentId[];
  /** The cache before the list was made. */
  readonly before: CacheSnapshot;
  readonly options: OperationOptions;
}

function locked<T>(
  engine: Engine,
  { name }: NetworkConfig,
  { options, act }: {
    readonly options: OperationOptions;
    readonly act: (engine: Engine) => Promise<T>;
  },
): Promise<T> {
  const lock = { network: name, mode: "exclusive", options } as const;
  return withNetworkLock(engine, lock, act);
}

async function delStale(
  engine: Engine,
  network: NetworkConfig,
  { valid, before, options }: Known,
): Promise<readonly CniError[]> {
  const failures: CniError[] = [];
  const kept = new Set(valid.map(textOf));
  for (const attachment of engine.cache.attachments()) {
    if (attachment.networkName !== network.name) continue;
    if (kept.has(textOf(attachment))) continue;
    const act = async (inside: Engine) => {
      // Others may have removed it meanwhile, or made it again.
      if (!inside.cache.isUnchanged(attachment, before)) return;
      await delNetwork(inside, network, { attachment, options });
    };
    try {
      await locked(engine, network, { options, act });
    } catch (thrown) {
      const { containerId, ifname } = attachment;
      const what = `delete stale attachment ${containerId} ${ifname}`;
      failures.push(failedTo(what, thrown));
    }
  }
  return failures;
}

/** Neither a container id nor an interface's name can hold a "/". */
function textOf({ containerId, ifname }: AttachmentId): string {
  return `${containerId}/${ifname}`;
}

async function gcPlugins(
  engine: Engine,
  network: NetworkConfig,
  { valid, before, options }: Known,
): Promise<readonly CniError[]> {
  const failures: CniError[] = [];
  if (!isAtLeast(network.cniVersion, "1.1.0")) return failures;
  const isOurs = ({ networkName }: CachedAttachment) =>
    networkName === network.name;
  const kept = [...valid, ...engine.cache.changes(before).filter(isOurs)];
  for (const plugin of network.plugins) {
    const stdin = gcInput(network, plugin, kept);
    try {
      const call = { command: "GC", plugin, stdin };
      checkReply(await callPlugin(engine, call, options));
    } catch (thrown) {
      failures.push(failedTo(`GC plugin ${plugin.type}`, thrown));
    }
  }
  return failures;
}

function failedTo(what: string, thrown: unknown): CniError {
  const { code, message, details } = toCniError(thrown);
  const text = `failed to ${what}: ${message}`;
  return new CniError(code, text, { details, cause: thrown });
}
