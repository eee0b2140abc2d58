import { checkReply } from "../invoke/mod.ts";
import {
  type AttachmentId,
  checkNetworkName,
  CniError,
  isAtLeast,
  toCniError,
} from "../spec/mod.ts";
import { delNetwork } from "./del_network.ts";
import { callPlugin, type Engine, type OperationOptions } from "./engine.ts";
import type { NetworkConfig } from "./network_config.ts";
import { gcInput } from "./plugin_input.ts";

/** What a GC is told. */
export interface GcRequest {
  /** The attachments to keep. */
  readonly valid: readonly AttachmentId[];
  /** What may end it. */
  readonly options: OperationOptions;
}

/**
 * Removes what belongs to no valid attachment: first the attachments that the
 * cache knows, each by a DEL, then what the plugins find.
 */
export async function gcNetwork(
  engine: Engine,
  network: NetworkConfig,
  { valid, options }: GcRequest,
): Promise<void> {
  if (network.disableGC) return;
  checkNetworkName(network.name);
  const failures = [
    ...await delStale(engine, network, { valid, options }),
    ...await gcPlugins(engine, network, { valid, options }),
  ];
  const [first] = failures;
  if (first === undefined) return;
  const text = failures.map(String).join("\n");
  throw new CniError(first.code, text, { cause: new AggregateError(failures) });
}

async function delStale(
  engine: Engine,
  network: NetworkConfig,
  { valid, options }: GcRequest,
): Promise<readonly CniError[]> {
  const failures: CniError[] = [];
  for (const attachment of engine.cache.attachments()) {
    const { containerId, ifname } = attachment;
    const isValid = valid.some((one) =>
      one.containerId === containerId && one.ifname === ifname
    );
    if (attachment.networkName !== network.name || isValid) continue;
    try {
      await delNetwork(engine, network, { attachment, options });
    } catch (thrown) {
      const what = `delete stale attachment ${containerId} ${ifname}`;
      failures.push(failedTo(what, thrown));
    }
  }
  return failures;
}

async function gcPlugins(
  engine: Engine,
  network: NetworkConfig,
  { valid, options }: GcRequest,
): Promise<readonly CniError[]> {
  const failures: CniError[] = [];
  if (!isAtLeast(network.cniVersion, "1.1.0")) return failures;
  for (const plugin of network.plugins) {
    const stdin = gcInput(network, plugin, valid);
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
