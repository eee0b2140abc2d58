/**
 * The loopback plugin: sets `lo` up in the container. See
 * `docs/plugins/loopback.md`.
 *
 * @module
 */
import type { Plugin, PluginKeys } from "../../../lib/plugin/mod.ts";
import { defineChained } from "../../shared/chained/mod.ts";
import { addLoopback, delLoopback } from "./loopback_linux.ts";

/**
 * The loopback plugin. It has no keys of its own, and makes no interface: that
 * is there, so it only adds its part, as plugins further down a list do.
 */
export const loopback: Plugin = defineChained({
  name: "loopback",
  add: addLoopback,
  del: () => delLoopback,
  check: async () => (await import("./check_linux.ts")).checkLoopback,
});

/** Loads what loopback may be told. */
export async function loadLoopbackKeys(): Promise<PluginKeys> {
  return (await import("./keys.ts")).LOOPBACK_KEYS;
}
