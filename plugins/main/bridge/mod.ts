/**
 * The bridge plugin: a veth pair between the container and a bridge in the
 * host. See `docs/plugins/bridge.md`.
 *
 * @module
 */
import { definePlugin, type Plugin } from "../../../lib/plugin/mod.ts";
import { addBridge } from "./add_linux.ts";
import { delBridge } from "./del_linux.ts";

/** The bridge plugin. */
export const bridge: Plugin = definePlugin({
  name: "bridge",
  add: addBridge,
  del: delBridge,
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
});
