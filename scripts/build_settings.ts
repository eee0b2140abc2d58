import type { ExtraFolders } from "./permissions.ts";
import type { Form } from "./program.ts";

/** What the last build was told and found, for the installation after it. */
export interface BuildSettings extends ExtraFolders {
  readonly form: Form;
}

/** Notes the settings of a build. */
export async function writeSettings(
  root: string,
  settings: BuildSettings,
): Promise<void> {
  const text = JSON.stringify(settings, null, 2) + "\n";
  await Deno.writeTextFile(settingsFile(root), text);
}

/**
 * Reads the settings of the last build.
 *
 * @throws {Deno.errors.NotFound} If there was none.
 */
export async function readSettings(root: string): Promise<BuildSettings> {
  return JSON.parse(await Deno.readTextFile(settingsFile(root)));
}

function settingsFile(root: string): string {
  return `${root}/build/settings.json`;
}
