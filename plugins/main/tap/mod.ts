/**
 * The tap plugin: a tap device in the container. See `docs/plugins/tap.md`.
 *
 * @module
 */
import { definePlugin, type Plugin } from "../../../lib/plugin/mod.ts";
import { startAdd, startDel } from "./start_linux.ts";
import { MAC_CAPABILITY } from "../../shared/mod.ts";
import { parseTapConfig, TAP_KEYS } from "./config.ts";

/** The tap plugin. */
export const tap: Plugin = definePlugin({
  name: "tap",
  add: startAdd,
  del: startDel,
  check: async (request, context) => {
    const { checkTap } = await import("./check_linux.ts");
    await checkTap(request, context);
  },
  gc: async (request, context) => {
    const { collectTap } = await import("./gc_linux.ts");
    await collectTap(request, context);
  },
  status: async (request, context) => {
    const { tapStatus } = await import("./status_linux.ts");
    await tapStatus(request, context);
  },
  plan: async (request, context) => {
    const { planCommand } = await import("./plan_linux.ts");
    return await planCommand(request, context);
  },
  settings: {
    role: "main",
    keys: TAP_KEYS,
    capabilities: MAC_CAPABILITY,
    check: parseTapConfig,
  },
});
