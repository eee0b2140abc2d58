/**
 * The flannel plugin: hands the subnet that flanneld leased for this node to
 * another plugin, which does the work. See `docs/plugins/flannel.md`.
 *
 * @module
 */
import type { PluginKeys } from "../../../lib/plugin/mod.ts";

export { flannel } from "./flannel.ts";

/** Loads what flannel may be told. */
export async function loadFlannelKeys(): Promise<PluginKeys> {
  return (await import("./keys.ts")).FLANNEL_KEYS;
}
