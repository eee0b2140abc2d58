/** The operating systems that a plugin path is read for. */
export type Os = typeof Deno.build.os;

/**
 * Splits the text of `CNI_PATH` into folders: `;` separates them on Windows,
 * `:` elsewhere. Empty entries are left out, so that a stray separator never
 * means the working folder.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(splitPluginPath("/opt/cni/bin::/usr/lib/cni", "linux"), [
 *   "/opt/cni/bin",
 *   "/usr/lib/cni",
 * ]);
 * ```
 */
export function splitPluginPath(
  text: string,
  os: Os = Deno.build.os,
): readonly string[] {
  return text.split(listSeparator(os)).filter((folder) => folder !== "");
}

/** Joins folders to the text of `CNI_PATH`. */
export function joinPluginPath(
  folders: readonly string[],
  os: Os = Deno.build.os,
): string {
  return folders.join(listSeparator(os));
}

/**
 * Every file that plugin `type` may be, in the order in which they are looked
 * for: folder by folder, on Windows with the extension `.exe` before none.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(pluginCandidates("bridge", ["/a", "bin"], "linux"), [
 *   "/a/bridge",
 *   "./bin/bridge",
 * ]);
 * ```
 */
export function pluginCandidates(
  type: string,
  folders: readonly string[],
  os: Os = Deno.build.os,
): readonly string[] {
  const isWindows = os === "windows";
  const extensions = isWindows ? [".exe", ""] : [""];
  return folders.flatMap((folder) => {
    const base = isWindows ? windowsFolder(folder) : unixFolder(folder);
    return extensions.map((extension) => base + type + extension);
  });
}

/** Whether `type` is the name of a file, without a folder in it. */
export function isPluginName(type: string, os: Os = Deno.build.os): boolean {
  return !(os === "windows" ? /[/\\:\0]/ : /[/\0]/).test(type);
}

function listSeparator(os: Os): string {
  return os === "windows" ? ";" : ":";
}

// A bare name would be looked up in PATH, which a relative folder must not be.
function unixFolder(folder: string): string {
  const isPlain = folder !== "." && !/^\.{0,2}\//.test(folder);
  const rooted = isPlain ? `./${folder}` : folder;
  return rooted.endsWith("/") ? rooted : `${rooted}/`;
}

function windowsFolder(folder: string): string {
  return /[/\\]$/.test(folder) ? folder : `${folder}\\`;
}
