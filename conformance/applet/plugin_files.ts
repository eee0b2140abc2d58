import { readNamedFile, type TerminalProcess } from "../../terminal/mod.ts";
import type { ProfileFile } from "../profiles/mod.ts";
import { findFiles, FolderError } from "../run/mod.ts";
import type { PluginRequest } from "./read_request.ts";
import { unknownName } from "./unknown_name.ts";

/** Reads the profiles that the command line names. */
export async function readProfiles(
  { profileFiles, profileDir }: Pick<
    PluginRequest,
    "profileFiles" | "profileDir"
  >,
  process: TerminalProcess,
): Promise<readonly ProfileFile[]> {
  const folder = profileDir && absolute(profileDir, process);
  const found = folder ? await findFiles(folder, ["-name", "*.json"]) : [];
  if (folder && found.length === 0) {
    throw new FolderError(`Cannot find profiles in ${folder}: no *.json there`);
  }
  const files = [...found.map((name) => `${folder}/${name}`), ...profileFiles];
  return await Promise.all(files.map(async (source) => {
    return { source, text: await readNamedFile(source, process) };
  }));
}

/**
 * The plugins of a folder that are chosen: all, if none is named.
 *
 * @throws {UsageError} If one is not there.
 */
export function chosenNames(
  { plugins }: Pick<PluginRequest, "plugins">,
  there: readonly string[],
  folder: string,
): readonly string[] {
  for (const name of plugins) {
    if (!there.includes(name)) {
      throw unknownName(`plugin in ${folder}`, name, there);
    }
  }
  return plugins.length === 0
    ? there
    : there.filter((name) => plugins.includes(name));
}

/** A path as seen from everywhere. */
export function absolute(path: string, process: TerminalProcess): string {
  return path.startsWith("/") ? path : `${process.cwd()}/${path}`;
}
