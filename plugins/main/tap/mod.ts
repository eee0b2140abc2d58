/**
 * The tap plugin: a tap device in the container. See `docs/plugins/tap.md`.
 *
 * @module
 */
import type { Plugin, PluginKeys } from "../../../lib/plugin/mod.ts";
import { defineInterfacePlugin } from "../../shared/mod.ts";
import { parseTapConfig } from "./config.ts";
import { designTap } from "./design.ts";
import { requireSandboxBridge } from "./sandbox_bridge_linux.ts";

/** The tap plugin. */
export const tap: Plugin = defineInterfacePlugin({
  name: "tap",
  noun: "tap",
  // The kernel's name for tap devices as well.
  linkKind: "tun",
  parse: parseTapConfig,
  look: requireSandboxBridge,
  design: designTap,
  compare: async (found) => {
    const { compareTap } = await import("./compare_linux.ts");
    compareTap(found);
  },
  trial: () => ({
    lines: "tuntap add mode tap name t0\n",
    what: "tap devices (/dev/net/tun)",
  }),
});

/** Loads what tap may be told. */
export async function loadTapKeys(): Promise<PluginKeys> {
  return (await import("./keys.ts")).TAP_KEYS;
}
