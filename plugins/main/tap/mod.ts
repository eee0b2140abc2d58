/**
 * The tap plugin: a tap device in the container. See `docs/plugins/tap.md`.
 *
 * @module
 */
import type { Plugin } from "../../../lib/plugin/mod.ts";
import { defineInterfacePlugin, MAC_CAPABILITY } from "../../shared/mod.ts";
import { parseTapConfig, TAP_KEYS } from "./config.ts";
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
    await compareTap(found);
  },
  trial: () => ({
    lines: "tuntap add mode tap name t0\n",
    what: "tap devices (/dev/net/tun)",
  }),
  settings: {
    role: "main",
    keys: TAP_KEYS,
    capabilities: MAC_CAPABILITY,
    check: parseTapConfig,
  },
});
