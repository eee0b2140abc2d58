import type { Plugin } from "./define.ts";

/**
 * The plugins that are part of this program: name to loader. Loaders import
 * lazily, so that a call pays only for the plugin that it runs.
 */
export type Registry = ReadonlyMap<string, () => Promise<Plugin>>;
