import { CniCode, CniError } from "../spec/mod.ts";
import { PluginUnavailableError } from "./plugin_unavailable.ts";
import { isPluginName, pluginCandidates } from "./plugin_path.ts";

/** A file that is a plugin, or may be one. */
export interface PluginFile {
  /** Where it is, with a separator in it. */
  readonly path: string;
  /**
   * False where this program may not look into the folder: then only the
   * attempt to start the file tells whether it is there.
   */
  readonly isSeen: boolean;
}

/**
 * Looks for a plugin as a runtime does (CNI 1.1.0, section 3): the first
 * regular file of that name in `folders`, links followed. Needs `--allow-read`
 * for the folders; those that it lacks are not skipped, but their candidates
 * are returned unseen.
 *
 * @param type The plugin's name: `type` in a configuration.
 * @param folders The folders of `CNI_PATH`, in order.
 * @returns At least one file, of which the first that starts is the plugin.
 * Only the last one can be seen.
 * @throws {CniError} Code 7 if `type` is empty, no name, or not found; code 4
 * if there are no folders.
 */
export function findPlugin(
  type: string,
  folders: readonly string[],
): readonly PluginFile[] {
  checkRequest(type, folders);
  const files: PluginFile[] = [];
  for (const path of pluginCandidates(type, folders)) {
    const sight = look(path);
    if (sight === "absent") continue;
    files.push({ path, isSeen: sight === "file" });
    if (sight === "file") return files;
  }
  if (files.length === 0) throw pluginNotFound(type, folders);
  return files;
}

/** The error for a plugin that none of `folders` holds. */
export function pluginNotFound(
  type: string,
  folders: readonly string[],
): CniError {
  const message = `failed to find plugin ${JSON.stringify(type)} in path ` +
    `[${folders.join(" ")}]`;
  return new PluginUnavailableError(CniCode.InvalidConfig, message, {
    details: `type is ${JSON.stringify(type)}: install the plugin in one of ` +
      "these folders, or add the folder that holds it to CNI_PATH",
  });
}

/**
 * Refuses what is no plugin's name.
 *
 * @param type `type` in a configuration.
 * @throws {CniError} Code 7.
 */
export function checkPluginName(type: string): void {
  if (type === "") {
    const details = "type is empty: name the plugin to execute";
    const message = "no plugin name provided";
    throw new CniError(CniCode.InvalidConfig, message, { details });
  }
  if (!isPluginName(type)) {
    const details = `type is ${JSON.stringify(type)}: expected the name of a ` +
      "file, without a folder";
    const message = `invalid plugin name: ${type}`;
    throw new CniError(CniCode.InvalidConfig, message, { details });
  }
}

function checkRequest(type: string, folders: readonly string[]): void {
  checkPluginName(type);
  if (folders.length === 0) {
    const details = "CNI_PATH names no folder: set it to where the plugins " +
      "are, such as /opt/cni/bin";
    const message = "no paths provided";
    throw new CniError(CniCode.InvalidEnvironment, message, { details });
  }
}

function look(path: string): "file" | "absent" | "hidden" {
  try {
    return Deno.statSync(path).isFile ? "file" : "absent";
  } catch (error) {
    return error instanceof Deno.errors.NotCapable ? "hidden" : "absent";
  }
}
