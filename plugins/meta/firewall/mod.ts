/**
 * The firewall plugin: lets what comes from and goes to a container pass the
 * host's firewall. See `docs/plugins/firewall.md`.
 *
 * @module
 */
import type { Plugin } from "../../../lib/plugin/mod.ts";
import { defineChained } from "../../shared/chained/mod.ts";
import { addFirewall } from "./add_linux.ts";
import { delFirewall } from "./del_linux.ts";
import { FIREWALL_KEYS, readFirewallInput } from "./config.ts";

/** The firewall plugin. */
export const firewall: Plugin = defineChained({
  name: "firewall",
  // Before 0.4.0 no DEL was told which addresses the container had.
  versions: ["0.4.0", "1.0.0", "1.1.0"],
  add: addFirewall,
  del: () => delFirewall,
  check: async () => (await import("./check_linux.ts")).checkFirewall,
  gc: async () => (await import("./gc_linux.ts")).collectFirewall,
  status: async () => (await import("./status_linux.ts")).firewallStatus,
  settings: { role: "meta", keys: FIREWALL_KEYS, check: readFirewallInput },
});
