/**
 * The host-local plugin: addresses from ranges, accounted for on this host.
 * See `docs/plugins/host-local.md`.
 *
 * @module
 */
import type { PluginKeys } from "../../../lib/plugin/mod.ts";

export { hostLocal } from "./host_local.ts";

/** Loads what host-local may be told. */
export async function loadHostLocalKeys(): Promise<PluginKeys> {
  return (await import("./keys.ts")).HOST_LOCAL_KEYS;
}
