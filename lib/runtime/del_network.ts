import { checkReply } from "../invoke/mod.ts";
import {
  checkContainerId,
  checkIfname,
  checkNetworkName,
  isAtLeast,
  type JsonObject,
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
import type { NetworkConfig, NetworkPlugin } from "./network_config.ts";
import { attachmentInput } from "./plugin_input.ts";

/** Detaches a container: every plugin, last first, then the cache. */
export async function delNetwork(
  engine: Engine,
  network: NetworkConfig,
  { attachment, options }: {
    readonly attachment: Attachment;
    readonly options: OperationOptions;
  },
): Promise<void> {
  checkContainerId(attachment.containerId);
  checkNetworkName(network.name);
  checkIfname(attachment.ifname);
  const prevResult = cachedResultForDel(engine, network, attachment);
  const input = { attachment, prevResult };
  for (const plugin of network.plugins.toReversed()) {
    try {
      await delPlugin(engine, network, { plugin, input, options });
    } catch (thrown) {
      throw chainError(network, plugin, { action: "delete", thrown });
    }
  }
  // Only now: a DEL that failed is repeated, and needs the result again.
  engine.cache.remove(cacheKey(network, attachment));
}

/** Calls one plugin with DEL. */
export async function delPlugin(
  engine: Engine,
  network: NetworkConfig,
  { plugin, input, options }: {
    readonly plugin: NetworkPlugin;
    readonly input: {
      readonly attachment: Attachment;
      readonly prevResult: JsonObject | undefined;
    };
    readonly options: OperationOptions;
  },
): Promise<void> {
  const { attachment, prevResult } = input;
  const stdin = attachmentInput(network, plugin, {
    // Before 0.4.0, DEL had none.
    prevResult: isAtLeast(network.cniVersion, "0.4.0") ? prevResult : undefined,
    capabilityArgs: attachment.capabilityArgs,
  });
  const call = { command: "DEL", plugin, stdin, attachment };
  checkReply(await callPlugin(engine, call, options));
}

/** What ADD returned; a cache that is broken must not stop a DEL. */
export function cachedResultForDel(
  { cache }: Engine,
  network: NetworkConfig,
  attachment: Attachment,
): JsonObject | undefined {
  if (!isAtLeast(network.cniVersion, "0.4.0")) return undefined;
  try {
    const result = cache.result(cacheKey(network, attachment));
    return result && convertResult(result, network.cniVersion);
  } catch {
    return undefined;
  }
}
