/**
 * The tuning plugin: kernel parameters and the attributes of an interface that
 * another plugin has made. See `docs/plugins/tuning.md`.
 *
 * @module
 */
import type { Plugin, PluginKeys } from "../../../lib/plugin/mod.ts";
import { defineChained } from "../../shared/chained/mod.ts";
import { addTuning } from "./add_linux.ts";
import { delTuning } from "./del_linux.ts";

/** The tuning plugin. */
export const tuning: Plugin = defineChained({
  name: "tuning",
  add: addTuning,
  del: () => delTuning,
  check: async () => (await import("./check_linux.ts")).checkTuning,
  gc: async () => (await import("./gc.ts")).collectTuning,
  status: async () => (await import("./status_linux.ts")).tuningStatus,
});

/** Loads what tuning may be told. */
export async function loadTuningKeys(): Promise<PluginKeys> {
  return (await import("./keys.ts")).TUNING_KEYS;
}
