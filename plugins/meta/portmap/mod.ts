/**
 * The portmap plugin: ports of the host that lead to the container. See
 * `docs/plugins/portmap.md`.
 *
 * @module
 */
import type { Plugin } from "../../../lib/plugin/mod.ts";
import { defineChained } from "../../shared/chained/mod.ts";
import { addPortmap } from "./add_linux.ts";
import { delPortmap } from "./del_linux.ts";
import { PORTMAP_KEYS } from "./config.ts";
import { PORTMAP_CAPABILITIES } from "./mapping.ts";
import { readInput } from "./read_input.ts";

/** The portmap plugin. */
export const portmap: Plugin = defineChained({
  name: "portmap",
  add: addPortmap,
  del: () => delPortmap,
  check: async () => (await import("./check_linux.ts")).checkPortmap,
  gc: async () => (await import("./gc_linux.ts")).collectPortmap,
  status: async () => (await import("./status_linux.ts")).portmapStatus,
  settings: {
    role: "meta",
    keys: PORTMAP_KEYS,
    capabilities: PORTMAP_CAPABILITIES,
    check: readInput,
  },
});
