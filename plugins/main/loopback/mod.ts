/**
 * The loopback plugin: sets `lo` up in the container. See
 * `docs/plugins/loopback.md`.
 *
 * @module
 */
import type { Plugin } from "../../../lib/plugin/mod.ts";
import { defineChained } from "../../shared/chained/mod.ts";
import { prevResultOf } from "../../../lib/spec/mod.ts";
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
  settings: {
    role: "main",
    keys: {},
    check: ({ config }) => prevResultOf(config),
  },
});
