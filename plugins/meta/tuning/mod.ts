/**
 * The tuning plugin: kernel parameters and the attributes of an interface that
 * another plugin has made. See `docs/plugins/tuning.md`.
 *
 * @module
 */
import { definePlugin, type Plugin } from "../../../lib/plugin/mod.ts";
import { addTuning, readAddInput } from "./add_linux.ts";
import { delTuning } from "./del_linux.ts";
import { TUNING_ARGS, TUNING_CAPABILITIES, TUNING_KEYS } from "./config.ts";

/** The tuning plugin. */
export const tuning: Plugin = definePlugin({
  name: "tuning",
  add: addTuning,
  del: delTuning,
  check: async (request) => {
    const { checkTuning } = await import("./check_linux.ts");
    await checkTuning(request);
  },
  gc: async (request) => {
    const { collectTuning } = await import("./gc.ts");
    await collectTuning(request);
  },
  status: async (request) => {
    const { tuningStatus } = await import("./status_linux.ts");
    await tuningStatus(request);
  },
  plan: async (request) => {
    const { planTuning } = await import("./plan_linux.ts");
    return planTuning(request);
  },
  settings: {
    role: "meta",
    keys: TUNING_KEYS,
    capabilities: TUNING_CAPABILITIES,
    args: TUNING_ARGS,
    check: readAddInput,
  },
});
