/**
 * The sample plugin: the smallest one that does all that a chained plugin
 * must, to start your own from. See `docs/plugins/sample.md`.
 *
 * @module
 */
import type { PluginKeys } from "../../lib/plugin/mod.ts";

export { sample } from "./sample.ts";

/** Loads what sample may be told. */
export async function loadSampleKeys(): Promise<PluginKeys> {
  return (await import("./keys.ts")).SAMPLE_KEYS;
}
