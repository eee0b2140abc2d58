import { permissionFlags, type Permissions } from "./permissions.ts";
import { V8_FLAGS } from "./v8_flags.ts";

/** What the portable form of the program is made of. */
export interface LauncherParts {
  /** Deno's executable; absolute. */
  readonly deno: string;
  /** The bundle's entry; absolute. */
  readonly entry: string;
  readonly permissions: Permissions;
}

/**
 * Writes the launcher of the portable form: a shell script that replaces
 * itself by Deno. The first argument of the bundle stands for `argv[0]`.
 */
export function launcherScript(parts: LauncherParts): string {
  const { deno, entry } = parts;
  const { flags, cacheDir } = launcherFlags(parts);
  const words = [deno, ...flags, entry];
  return `#!/bin/sh
# cni in its portable form. The compiled form has the same permissions.
DENO_DIR=${quote(cacheDir)} DENO_NO_UPDATE_CHECK=1 exec ${
    words.map(quote).join(" ")
  } "$0" "$@"
`;
}

/** How the portable form runs Deno. */
export interface LauncherFlags {
  /** What stands between Deno's executable and the bundle. */
  readonly flags: readonly string[];
  /**
   * Deno's cache of compiled code, beside the bundle: a runtime may start
   * plugins without a home.
   */
  readonly cacheDir: string;
}

/** The flags and the cache that the launcher runs Deno with. */
export function launcherFlags(
  { entry, permissions }: LauncherParts,
): LauncherFlags {
  const folder = entry.slice(0, entry.lastIndexOf("/"));
  // What is imported on first use is read like any file: see `deferImports`.
  const read = [...permissions.read, folder];
  return {
    // A configuration or lock file in sight would cost a start-up 15 ms.
    flags: [
      ...["run", "--quiet", "--no-config", "--no-lock", "--no-npm", V8_FLAGS],
      ...permissionFlags({ ...permissions, read }),
    ],
    cacheDir: `${folder}/cache`,
  };
}

/** A word as the shell takes it, whatever is in it. */
function quote(word: string): string {
  return /^[\w/.,=:@-]+$/.test(word)
    ? word
    : `'${word.replaceAll("'", `'\\''`)}'`;
}
