/**
 * The tuning plugin: kernel parameters and the attributes of an interface that
 * another plugin has made. See `docs/plugins/tuning.md`.
 *
 * @module
 */
import {
  definePlugin,
  type Plugin,
  type PluginKeys,
} from "../../../lib/plugin/mod.ts";
import { addTuning } from "./add_linux.ts";
import { delTuning } from "./del_linux.ts";

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
});

/** Loads what tuning may be told. */
export async function loadTuningKeys(): Promise<PluginKeys> {
  return (await import("./keys.ts")).TUNING_KEYS;
}
