/** What the launcher of the portable form starts. */
export interface Library {
  /** The bundle's folder. */
  readonly folder: string;
  /** Deno's executable. */
  readonly deno: string;
}

/**
 * The library of this very program, if it is the portable form.
 *
 * @param isCompiled Whether it is one file, which needs none.
 * @throws {Error} If it runs from its sources.
 */
export function ownLibrary(isCompiled: boolean): Library | undefined {
  if (isCompiled) return undefined;
  const path = decodeURIComponent(new URL(import.meta.url).pathname);
  if (!path.endsWith(".js")) {
    throw new Error(
      "Cannot install the sources: run make build, then build/bin/cni install",
    );
  }
  const folder = path.slice(0, path.lastIndexOf("/"));
  return { folder, deno: Deno.execPath() };
}
