import { checkReply } from "../invoke/mod.ts";
import {
  checkContainerId,
  checkIfname,
  checkNetworkName,
  CniCode,
  CniError,
  isAtLeast,
  type JsonObject,
  toCniError,
} from "../spec/mod.ts";
import type { Attachment } from "./attachment.ts";
import { convertResult } from "./convert_result.ts";
import {
  cacheKey,
  callPlugin,
  type Engine,
  type OperationOptions,
} from "./engine.ts";
import type { NetworkConfig } from "./network_config.ts";
import { attachmentInput } from "./plugin_input.ts";

/** Verifies an attachment: every plugin in order, until one objects. */
export async function checkNetwork(
  engine: Engine,
  network: NetworkConfig,
  { attachment, options }: {
    readonly attachment: Attachment;
    readonly options: OperationOptions;
  },
): Promise<void> {
  refuseOldVersion(network);
  if (network.disableCheck) return;
  checkContainerId(attachment.containerId);
  checkNetworkName(network.name);
  checkIfname(attachment.ifname);
  const prevResult = cachedResultForCheck(engine, network, attachment);
  if (prevResult === undefined) throw notAttached(network, attachment);
  const { capabilityArgs } = attachment;
  for (const plugin of network.plugins) {
    const input = { prevResult, capabilityArgs };
    const stdin = attachmentInput(network, plugin, input);
    const call = { command: "CHECK", plugin, stdin, attachment };
    checkReply(await callPlugin(engine, call, options));
  }
}

/** CHECK came with version 0.4.0. */
export function refuseOldVersion({ cniVersion }: NetworkConfig): void {
  if (isAtLeast(cniVersion, "0.4.0")) return;
  const message = `configuration version ${JSON.stringify(cniVersion)} does ` +
    "not support the CHECK command";
  throw new CniError(CniCode.IncompatibleVersion, message, {
    details: "CHECK needs cniVersion 0.4.0 or newer",
  });
}

/** What ADD returned; a CHECK without it would find nothing to compare with. */
export function cachedResultForCheck(
  { cache }: Engine,
  network: NetworkConfig,
  attachment: Attachment,
): JsonObject | undefined {
  try {
    const result = cache.result(cacheKey(network, attachment));
    return result && convertResult(result, network.cniVersion);
  } catch (cause) {
    const { code, message, details } = toCniError(cause);
    const name = JSON.stringify(network.name);
    const text = `failed to get network ${name} cached result: ${message}`;
    throw new CniError(code, text, { details, cause });
  }
}

/**
 * A runtime must not call CHECK for a container that was not added, or was
 * deleted (CNI 1.1.0, section 2, "CHECK").
 */
function notAttached(
  network: NetworkConfig,
  { containerId, ifname }: Attachment,
): CniError {
  const name = JSON.stringify(network.name);
  return new CniError(
    CniCode.UnknownContainer,
    `failed to get network ${name} cached result: there is none`,
    { details: `${ifname} of ${containerId} is not attached: add it first` },
  );
}
