import { checkRole, type Invoker } from "../invoke/mod.ts";
import {
  type Call,
  type Plan,
  type PlannedAct,
  readRequest,
} from "../plugin/mod.ts";
import {
  checkContainerId,
  checkIfname,
  checkNetworkName,
  type JsonObject,
  resultToJson,
} from "../spec/mod.ts";
import type { Attachment } from "./attachment.ts";
import { cachedResultForCheck, refuseOldVersion } from "./check_network.ts";
import { cachedResultForDel } from "./del_network.ts";
import { cacheKey, callOf, chainError, type Engine } from "./engine.ts";
import type { NetworkConfig, NetworkPlugin } from "./network_config.ts";
import type {
  NetworkAct,
  NetworkPlan,
  PlannedOperation,
} from "./network_plan.ts";
import { attachmentInput } from "./plugin_input.ts";

/** Asks every plugin in the order of the operation what it would do. */
export async function planNetwork(
  engine: Engine,
  network: NetworkConfig,
  { operation, attachment }: {
    readonly operation: PlannedOperation;
    readonly attachment: Attachment;
  },
): Promise<NetworkPlan> {
  checkContainerId(attachment.containerId);
  checkNetworkName(network.name);
  checkIfname(attachment.ifname);
  if (operation === "check") refuseOldVersion(network);
  if (operation === "check" && network.disableCheck) return { acts: [] };
  let prevResult = startingPoint(engine, network, { operation, attachment });
  const acts: NetworkAct[] = [];
  for (const plugin of chainOf(network, operation)) {
    const { capabilityArgs } = attachment;
    const input = { prevResult, capabilityArgs };
    const stdin = attachmentInput(network, plugin, input);
    const command = operation.toUpperCase();
    const call = callOf(engine, { command, plugin, stdin, attachment });
    const { acts: own, result } = await orChainError(
      planPlugin(engine.invoker, plugin.type, call),
      { network, plugin, operation },
    );
    acts.push(...own.map((act) => ({ plugin: plugin.type, ...act })));
    if (operation !== "add" || result === undefined) continue;
    prevResult = resultToJson(result, network.cniVersion);
  }
  const file = engine.cache.path(cacheKey(network, attachment));
  switch (operation) {
    case "add":
      acts.push({ purpose: `keep the result in ${file}` });
      return prevResult === undefined ? { acts } : { acts, result: prevResult };
    case "del":
      return { acts: [...acts, { purpose: `remove ${file}` }] };
    case "check":
      return { acts };
  }
}

function chainOf(
  { plugins }: NetworkConfig,
  operation: PlannedOperation,
): readonly NetworkPlugin[] {
  return operation === "del" ? plugins.toReversed() : plugins;
}

/** The result that the first plugin of the chain is told. */
function startingPoint(
  engine: Engine,
  network: NetworkConfig,
  { operation, attachment }: {
    readonly operation: PlannedOperation;
    readonly attachment: Attachment;
  },
): JsonObject | undefined {
  switch (operation) {
    case "add":
      return undefined;
    case "check":
      return cachedResultForCheck(engine, network, attachment);
    case "del":
      return cachedResultForDel(engine, network, attachment);
  }
}

async function orChainError(
  planned: Promise<Plan>,
  { network, plugin, operation }: {
    readonly network: NetworkConfig;
    readonly plugin: NetworkPlugin;
    readonly operation: PlannedOperation;
  },
): Promise<Plan> {
  try {
    return await planned;
  } catch (thrown) {
    throw chainError(network, plugin, { action: `plan ${operation}`, thrown });
  }
}

/** Has one plugin plan, and through it those that it would delegate to. */
async function planPlugin(
  invoker: Invoker,
  type: string,
  call: Call,
): Promise<Plan> {
  const { path, load } = invoker.find(type, call.path);
  const plugin = await load?.();
  if (plugin?.plan === undefined) return { acts: [runAct(type, path, call)] };
  return await plugin.plan(readRequest(plugin, call), {
    plan: async (delegate, delegated, { role } = {}) => {
      const loaded = await invoker.find(delegate, delegated.path).load?.();
      if (loaded !== undefined) checkRole(loaded, role);
      return await planPlugin(invoker, delegate, delegated);
    },
  });
}

function runAct(
  type: string,
  path: string,
  { command }: Call,
): PlannedAct {
  return {
    purpose: `run the plugin "${type}", which cannot tell what it would do`,
    command: `CNI_COMMAND=${command} ${path}`,
  };
}
