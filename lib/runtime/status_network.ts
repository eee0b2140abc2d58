import { checkReply } from "../invoke/mod.ts";
import { checkNetworkName, isAtLeast } from "../spec/mod.ts";
import { callPlugin, type Engine, type OperationOptions } from "./engine.ts";
import type { NetworkConfig } from "./network_config.ts";
import { statusInput } from "./plugin_input.ts";

/** Asks every plugin in order whether it could serve an ADD. */
export async function statusNetwork(
  engine: Engine,
  network: NetworkConfig,
  options: OperationOptions,
): Promise<void> {
  if (!isAtLeast(network.cniVersion, "1.1.0")) return;
  checkNetworkName(network.name);
  for (const plugin of network.plugins) {
    const stdin = statusInput(network, plugin);
    const call = { command: "STATUS", plugin, stdin };
    checkReply(await callPlugin(engine, call, options));
  }
}
