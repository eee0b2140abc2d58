import type { PluginKeys } from "../../../lib/plugin/mod.ts";

/** What loopback may be told: nothing of its own. */
export const LOOPBACK_KEYS: PluginKeys = { keys: {} };
