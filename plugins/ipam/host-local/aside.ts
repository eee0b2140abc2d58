import { StateDir } from "../../../lib/state/mod.ts";

/** A folder of our own, beside the networks' folders. */
export interface Aside {
  /** The folder of all networks, which was confined. */
  readonly dataDir: string;
  /** The folder's path from there, none of its names `..`. */
  readonly names: readonly string[];
}

/** The path of a folder aside. */
export function asidePath({ dataDir, names }: Aside): string {
  return [dataDir, ...names].join("/");
}

/**
 * Opens a folder aside. As `openStateDir` it follows no link, but it looks at
 * no folder above `dataDir`, which has been looked at.
 *
 * @param create Makes it, with those above it, for its owner alone.
 * @returns `undefined` if it is missing, or is no folder.
 * @throws {Error} What the system says when it cannot be made.
 */
export function openAside(aside: Aside, create = false): StateDir | undefined {
  const { dataDir, names } = aside;
  let path = dataDir;
  for (const name of names) {
    path = `${path}/${name}`;
    if (isRealFolder(path)) continue;
    if (!create) return undefined;
    Deno.mkdirSync(path, { mode: 0o700 });
  }
  return new StateDir(path, `${path}/.tmp`, "ipam.dataDir");
}

function isRealFolder(path: string): boolean {
  try {
    return Deno.lstatSync(path).isDirectory;
  } catch {
    return false;
  }
}
