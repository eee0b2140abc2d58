/**
 * The bridge plugin: a veth pair between the container and a bridge in the
 * host. See `docs/plugins/bridge.md`.
 *
 * @module
 */
import { definePlugin, type Plugin } from "../../../lib/plugin/mod.ts";
import { startAdd, startDel } from "./start_linux.ts";
import { MAC_ARG, ONLY_MAC_CAPABILITY } from "../../shared/mod.ts";
import { BRIDGE_KEYS, parseBridgeConfig } from "./config.ts";

/** The bridge plugin. */
export const bridge: Plugin = definePlugin({
  name: "bridge",
  add: startAdd,
  del: startDel,
  check: async (request, context) => {
    const { checkBridge } = await import("./check_linux.ts");
    await checkBridge(request, context);
  },
  gc: async (request, context) => {
    const { collectBridge } = await import("./gc_linux.ts");
    await collectBridge(request, context);
  },
  status: async (request, context) => {
    const { bridgeStatus } = await import("./status_linux.ts");
    await bridgeStatus(request, context);
  },
  plan: async (request, context) => {
    const { planCommand } = await import("./plan_linux.ts");
    return await planCommand(request, context);
  },
  settings: {
    role: "main",
    keys: BRIDGE_KEYS,
    capabilities: ONLY_MAC_CAPABILITY,
    args: MAC_ARG,
    check: parseBridgeConfig,
  },
});
