import { permissionFlags, type Permissions } from "./permissions.ts";

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
export function launcherScript(
  { deno, entry, permissions }: LauncherParts,
): string {
  // A configuration or lock file in sight would cost a start-up 15 ms.
  const words = [
    deno,
    ...["run", "--quiet", "--no-config", "--no-lock", "--no-npm"],
    ...permissionFlags(permissions),
    entry,
  ];
  return `#!/bin/sh
# cni in its portable form. The compiled form has the same permissions.
DENO_NO_UPDATE_CHECK=1 exec ${words.map(quote).join(" ")} "$0" "$@"
`;
}

/** A word as the shell takes it, whatever is in it. */
function quote(word: string): string {
  return /^[\w/.,=:@-]+$/.test(word)
    ? word
    : `'${word.replaceAll("'", `'\\''`)}'`;
}
