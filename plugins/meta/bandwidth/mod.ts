/**
 * The bandwidth plugin: limits what a container receives and sends. See
 * `docs/plugins/bandwidth.md`.
 *
 * @module
 */
import { definePlugin, type Plugin } from "../../../lib/plugin/mod.ts";
import { versionsFrom } from "../../../lib/spec/mod.ts";
import { startAdd } from "./start_linux.ts";
import { BANDWIDTH_CAPABILITIES, BANDWIDTH_KEYS } from "./config.ts";
import { readInput } from "./start_linux.ts";

/** The bandwidth plugin. */
export const bandwidth: Plugin = definePlugin({
  name: "bandwidth",
  // Results have had interfaces since then: without, there is none to limit.
  versions: versionsFrom("0.3.0"),
  add: startAdd,
  check: async (request) => {
    const { checkLimits } = await import("./check_linux.ts");
    await checkLimits(request);
  },
  del: async (request) => {
    const { delLimits } = await import("./del_linux.ts");
    await delLimits(request);
  },
  gc: async (request) => {
    const { collectLimits } = await import("./gc_linux.ts");
    await collectLimits(request);
  },
  status: async (request) => {
    const { bandwidthStatus } = await import("./status_linux.ts");
    await bandwidthStatus(request);
  },
  plan: async (request) => {
    const { planCommand } = await import("./plan_linux.ts");
    return await planCommand(request);
  },
  settings: {
    role: "meta",
    keys: BANDWIDTH_KEYS,
    capabilities: BANDWIDTH_CAPABILITIES,
    check: readInput,
  },
});
