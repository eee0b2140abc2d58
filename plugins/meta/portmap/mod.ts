/**
 * The portmap plugin: ports of the host that lead to the container. See
 * `docs/plugins/portmap.md`.
 *
 * @module
 */
import type { Plugin, PluginKeys } from "../../../lib/plugin/mod.ts";
import { defineChained } from "../../shared/chained/mod.ts";
import { addPortmap } from "./add_linux.ts";
import { delPortmap } from "./del_linux.ts";

/** The portmap plugin. */
export const portmap: Plugin = defineChained({
  name: "portmap",
  add: addPortmap,
  del: () => delPortmap,
  check: async () => (await import("./check_linux.ts")).checkPortmap,
  gc: async () => (await import("./gc_linux.ts")).collectPortmap,
  status: async () => (await import("./status_linux.ts")).portmapStatus,
});

/** Loads what portmap may be told. */
export async function loadPortmapKeys(): Promise<PluginKeys> {
  return (await import("./keys.ts")).PORTMAP_KEYS;
}
