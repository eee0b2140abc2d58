/**
 * The portmap plugin: ports of the host that lead to the container. See
 * `docs/plugins/portmap.md`.
 *
 * @module
 */
import { definePlugin, type Plugin } from "../../../lib/plugin/mod.ts";
import { addPortmap } from "./add_linux.ts";
import { delPortmap } from "./del_linux.ts";
import { PORTMAP_KEYS } from "./config.ts";
import { PORTMAP_CAPABILITIES } from "./mapping.ts";
import { prepareAdd } from "./prepare.ts";

/** The portmap plugin. */
export const portmap: Plugin = definePlugin({
  name: "portmap",
  add: addPortmap,
  del: delPortmap,
  check: async (request) => {
    const { checkPortmap } = await import("./check_linux.ts");
    await checkPortmap(request);
  },
  gc: async (request) => {
    const { collectPortmap } = await import("./gc_linux.ts");
    await collectPortmap(request);
  },
  status: async (request) => {
    const { portmapStatus } = await import("./status_linux.ts");
    await portmapStatus(request);
  },
  plan: async (request) => {
    const { planPortmap } = await import("./plan_linux.ts");
    return await planPortmap(request);
  },
  settings: {
    role: "meta",
    keys: PORTMAP_KEYS,
    capabilities: PORTMAP_CAPABILITIES,
    check: prepareAdd,
  },
});
