/**
 * The macvlan plugin: an interface of the container's that shares a link of the
 * host, with a hardware address of its own. See `docs/plugins/macvlan.md`.
 *
 * @module
 */
import { definePlugin, type Plugin } from "../../../lib/plugin/mod.ts";
import { startAdd, startDel } from "./start_linux.ts";
import { MAC_CAPABILITY } from "../../shared/mod.ts";
import { MACVLAN_KEYS, parseMacvlanConfig } from "./config.ts";

/** The macvlan plugin. */
export const macvlan: Plugin = definePlugin({
  name: "macvlan",
  add: startAdd,
  del: startDel,
  check: async (request, context) => {
    const { checkMacvlan } = await import("./check_linux.ts");
    await checkMacvlan(request, context);
  },
  gc: async (request, context) => {
    const { collectMacvlan } = await import("./gc_linux.ts");
    await collectMacvlan(request, context);
  },
  status: async (request, context) => {
    const { macvlanStatus } = await import("./status_linux.ts");
    await macvlanStatus(request, context);
  },
  plan: async (request, context) => {
    const { planCommand } = await import("./plan_linux.ts");
    return await planCommand(request, context);
  },
  settings: {
    role: "main",
    keys: MACVLAN_KEYS,
    capabilities: MAC_CAPABILITY,
    check: parseMacvlanConfig,
  },
});
