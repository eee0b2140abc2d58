import {
  DAEMON_SOCKET,
  permissionFlags,
  type Permissions,
} from "./permissions.ts";
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
  const start = [deno, ...flags].map(quote).join(" ");
  const rest = `${quote(entry)} "$0" "$@"`;
  return `#!/bin/sh
# cni in its portable form. The compiled form has the same permissions.
export DENO_DIR=${quote(cacheDir)} DENO_NO_UPDATE_CHECK=1
[ "\${1-}" = daemon ] || exec ${start} ${rest}
${DAEMON_PLACES}exec ${start} ${DAEMON_FLAGS} ${rest}
`;
}

/** Finds out which socket and which file of metrics a daemon is to use. */
const DAEMON_PLACES = `socket=${DAEMON_SOCKET} metrics= last=
for word do
  case $word in
    --socket=*) socket=\${word#*=} ;;
    --metrics=*) metrics=\${word#*=} ;;
  esac
  case $last in
    --socket) socket=$word ;;
    --metrics) metrics=$word ;;
  esac
  last=$word
done
`;

/** What a daemon may do besides: exactly this socket, and that file. */
const DAEMON_FLAGS = '"--allow-net=unix:$socket,unix:$socket.new" ' +
  '"--allow-read=${socket%/*}" "--allow-write=${socket%/*}" ' +
  '${metrics:+"--allow-read=$metrics,$metrics.new"} ' +
  '${metrics:+"--allow-write=$metrics,$metrics.new"}';

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
