/**
 * The loopback plugin: sets `lo` up in the container. See
 * `docs/plugins/loopback.md`.
 *
 * @module
 */
import { definePlugin, type Plugin } from "../../../lib/plugin/mod.ts";
import { addLoopback, delLoopback } from "./loopback_linux.ts";
import { prevResultOf } from "../../../lib/spec/mod.ts";

/** The loopback plugin. It has no keys of its own. */
export const loopback: Plugin = definePlugin({
  name: "loopback",
  add: addLoopback,
  check: async (request) => {
    const { checkLoopback } = await import("./check_linux.ts");
    await checkLoopback(request);
  },
  del: delLoopback,
  plan: async (request) => {
    const { planLoopback } = await import("./plan_linux.ts");
    return await planLoopback(request);
  },
  settings: {
    role: "main",
    keys: {},
    check: ({ config }) => prevResultOf(config),
  },
});
