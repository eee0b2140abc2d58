/**
 * The sbr plugin: what an interface's addresses send leaves by the interface.
 * See `docs/plugins/sbr.md`.
 *
 * @module
 */
import { definePlugin, type Plugin } from "../../../lib/plugin/mod.ts";
import { addSbr } from "./add_linux.ts";
import { readInput } from "./add_linux.ts";
import { SBR_KEYS } from "./config.ts";

/** The sbr plugin. Its state is in the container, and goes with it. */
export const sbr: Plugin = definePlugin({
  name: "sbr",
  add: addSbr,
  del: async (request) => {
    const { delSbr } = await import("./del_linux.ts");
    await delSbr(request);
  },
  check: async (request) => {
    const { checkSbr } = await import("./check_linux.ts");
    await checkSbr(request);
  },
  status: async (request) => {
    const { sbrStatus } = await import("./status_linux.ts");
    await sbrStatus(request);
  },
  plan: async (request) => {
    const { planCommand } = await import("./plan_linux.ts");
    return await planCommand(request);
  },
  settings: { role: "meta", keys: SBR_KEYS, check: readInput },
});
