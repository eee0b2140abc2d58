/**
 * The firewall plugin: lets what comes from and goes to a container pass the
 * host's firewall. See `docs/plugins/firewall.md`.
 *
 * @module
 */
import { definePlugin, type Plugin } from "../../../lib/plugin/mod.ts";
import { addFirewall } from "./add_linux.ts";
import { delFirewall } from "./del_linux.ts";
import { FIREWALL_KEYS, readFirewallInput } from "./config.ts";

/** The firewall plugin. */
export const firewall: Plugin = definePlugin({
  name: "firewall",
  // Before 0.4.0 no DEL was told which addresses the container had.
  versions: ["0.4.0", "1.0.0", "1.1.0"],
  add: addFirewall,
  del: delFirewall,
  check: async (request) => {
    const { checkFirewall } = await import("./check_linux.ts");
    await checkFirewall(request);
  },
  gc: async (request) => {
    const { collectFirewall } = await import("./gc_linux.ts");
    await collectFirewall(request);
  },
  status: async (request) => {
    const { firewallStatus } = await import("./status_linux.ts");
    await firewallStatus(request);
  },
  plan: async (request) => {
    const { planFirewall } = await import("./plan_linux.ts");
    return await planFirewall(request);
  },
  settings: { role: "meta", keys: FIREWALL_KEYS, check: readFirewallInput },
});
