/**
 * The static plugin: hands out the addresses that the configuration or the
 * runtime names. See `docs/plugins/static.md`.
 *
 * @module
 */
import type { PluginKeys } from "../../../lib/plugin/mod.ts";

export { staticIpam } from "./static.ts";

/** Loads what static may be told. */
export async function loadStaticKeys(): Promise<PluginKeys> {
  return (await import("./keys.ts")).STATIC_KEYS;
}
