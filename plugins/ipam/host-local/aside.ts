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
 * Looks for a folder aside. As `openStateDir` it follows no link, but it looks
 * at no folder above `dataDir`, which has been looked at.
 *
 * @param create Makes it, with those above it, for its owner alone.
 * @returns Its path; `undefined` if it is missing, or is not a folder.
 * @throws {Error} What the system says when it cannot be made.
 */
export function findAside(aside: Aside, create = false): string | undefined {
  let path = aside.dataDir;
  for (const name of aside.names) {
    path = `${path}/${name}`;
    if (lookAt(path)?.isDirectory) continue;
    if (!create) return undefined;
    Deno.mkdirSync(path, { mode: 0o700 });
  }
  return path;
}

/** What is at a path, a link as such; `undefined` if nothing can be seen. */
export function lookAt(path: string): Deno.FileInfo | undefined {
  return orUndefined(() => Deno.lstatSync(path));
}

/** The names in a folder; none if it cannot be read. */
export function namesIn(folder: string): readonly string[] {
  const entries = orUndefined(() => [...Deno.readDirSync(folder)]) ?? [];
  return entries.map(({ name }) => name);
}

/** Removes a file or an empty folder, if that is possible. */
export function discard(path: string): void {
  orUndefined(() => Deno.removeSync(path));
}

/** Runs `act`; `undefined` if it fails. */
export function orUndefined<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
