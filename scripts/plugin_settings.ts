import type { PluginSettings } from "../lib/plugin/mod.ts";
import { registryFor } from "../plugins/mod.ts";

/**
 * What each plugin of this program may be told, by the plugin's name and in the
 * order of names.
 *
 * @throws {TypeError} If a plugin does not say.
 */
export async function pluginSettings(): Promise<
  ReadonlyMap<string, PluginSettings>
> {
  const found = new Map<string, PluginSettings>();
  for (const [name, load] of [...registryFor("linux")].sort()) {
    const { settings } = await load();
    if (settings === undefined) throw new TypeError(`${name} has no settings`);
    found.set(name, settings);
  }
  return found;
}
