/**
 * The bandwidth plugin: limits what a container receives and sends. See
 * `docs/plugins/bandwidth.md`.
 *
 * @module
 */
import type { Plugin } from "../../../lib/plugin/mod.ts";
import { versionsFrom } from "../../../lib/spec/mod.ts";
import { defineChained } from "../../shared/chained/mod.ts";
import { addLimits } from "./add_linux.ts";
import { BANDWIDTH_CAPABILITIES, BANDWIDTH_KEYS } from "./config.ts";
import { readInput } from "./read_input.ts";

/** The bandwidth plugin. */
export const bandwidth: Plugin = defineChained({
  name: "bandwidth",
  // Results have had interfaces since then: without, there is none to limit.
  versions: versionsFrom("0.3.0"),
  add: addLimits,
  del: async () => (await import("./del_linux.ts")).delLimits,
  check: async () => (await import("./check_linux.ts")).checkLimits,
  gc: async () => (await import("./gc_linux.ts")).collectLimits,
  status: async () => (await import("./status_linux.ts")).bandwidthStatus,
  settings: {
    role: "meta",
    keys: BANDWIDTH_KEYS,
    capabilities: BANDWIDTH_CAPABILITIES,
    check: readInput,
  },
});
