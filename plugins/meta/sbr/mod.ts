/**
 * The sbr plugin: what an interface's addresses send leaves by the interface.
 * See `docs/plugins/sbr.md`.
 *
 * @module
 */
import type { Plugin } from "../../../lib/plugin/mod.ts";
import { defineChained } from "../../shared/chained/mod.ts";
import { addSbr } from "./add_linux.ts";
import { SBR_KEYS } from "./config.ts";
import { readInput } from "./read_input.ts";

/** The sbr plugin. Its state is in the container, and goes with it. */
export const sbr: Plugin = defineChained({
  name: "sbr",
  add: addSbr,
  del: async () => (await import("./del_linux.ts")).delSbr,
  check: async () => (await import("./check_linux.ts")).checkSbr,
  status: async () => (await import("./status_linux.ts")).sbrStatus,
  settings: { role: "meta", keys: SBR_KEYS, check: readInput },
});
