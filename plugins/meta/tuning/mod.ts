/**
 * The tuning plugin: kernel parameters and the attributes of an interface that
 * another plugin has made. See `docs/plugins/tuning.md`.
 *
 * @module
 */
import type { Plugin } from "../../../lib/plugin/mod.ts";
import { defineChained } from "../../shared/chained/mod.ts";
import { addTuning } from "./add_linux.ts";
import { delTuning } from "./del_linux.ts";
import { TUNING_ARGS, TUNING_CAPABILITIES, TUNING_KEYS } from "./config.ts";
import { readInput } from "./read_input.ts";

/** The tuning plugin. */
export const tuning: Plugin = defineChained({
  name: "tuning",
  add: addTuning,
  del: () => delTuning,
  check: async () => (await import("./check_linux.ts")).checkTuning,
  gc: async () => (await import("./gc.ts")).collectTuning,
  status: async () => (await import("./status_linux.ts")).tuningStatus,
  settings: {
    role: "meta",
    keys: TUNING_KEYS,
    capabilities: TUNING_CAPABILITIES,
    args: TUNING_ARGS,
    check: readInput,
  },
});
