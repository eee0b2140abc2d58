import { quote } from "../lib/linux/mod.ts";
import { DAEMON_SOCKET } from "../terminal/mod.ts";
import { permissionFlags, type Permissions } from "./permissions.ts";
import { STEERING_PREFIXES, steeringPatterns } from "./steering.ts";
import { DAEMON_V8_FLAGS, V8_FLAGS } from "./v8_flags.ts";

/** What the portable form of the program is made of. */
export interface LauncherParts {
  /** Deno's executable; absolute. */
  readonly deno: string;
  /** The bundle's entry; absolute. */
  readonly entry: string;
  readonly permissions: Permissions;
}

/** What the launcher itself is made of. */
export interface LauncherScriptParts extends LauncherParts {
  /** The folder that it will be in; absolute. */
  readonly binDir: string;
  /** What each plugin replies to VERSION, by its name. */
  readonly versionReplies: ReadonlyMap<string, string>;
}

/**
 * Writes the launcher of the portable form: a shell script that replaces
 * itself by Deno. The first argument of the bundle stands for `argv[0]`.
 *
 * Runtimes ask every plugin for its version at each start, so the launcher
 * answers that itself. It keeps Deno from the caller's variables and home, which
 * would steer it before the program's first line (`restoreEnvironment` gives
 * them back), and from a working folder that was removed. Its places are three
 * assignments at its beginning, which `cni install` rewrites.
 */
export function launcherScript(parts: LauncherScriptParts): string {
  const { deno, entry, binDir, permissions } = parts;
  const slash = entry.lastIndexOf("/");
  const lib = entry.slice(0, slash);
  const { flags, environment } = launcherFlags({
    deno,
    entry: `${LIB}${entry.slice(slash)}`,
    permissions: {
      ...permissions,
      read: permissions.read.map((path) => path === binDir ? BIN : path),
    },
  });
  const start = [`"$_cni_deno"`, ...flags.map(shellWord)].join(" ");
  // By the folder's own path: it may have been started through a link.
  const rest = `"${LIB}${entry.slice(slash)}" "${BIN}/\${0##*/}" "$@"`;
  const assignments = Object.entries(environment)
    .map(([name, value]) => `${name}=${shellWord(value)}`);
  return `#!/bin/sh
# cni in its portable form. The compiled form has the same permissions.
_cni_lib=${quote(lib)}
_cni_bin=${quote(binDir)}
_cni_deno=${quote(deno)}
case \${CNI_TRACE-}:\${CNI_COMMAND-}:\${0##*/} in
${versionCases(parts.versionReplies)}esac
[ "\${CNI_COMMAND-}" != ADD ] || { true 3>&1; } 2>/dev/null || {
  echo "Cannot write to stdout: it is closed" >&2
  exit 1
}
[ . -ef "\${PWD-}" ] || cd /
set -f
CNI_CALLER=
for _cni_word in HOME $(export -p); do
  _cni_name=\${_cni_word%%=*}
  case $_cni_name in
    *[!A-Za-z0-9_]*) continue ;;
    HOME|${steeringPatterns().join("|")}) ;;
    *) continue ;;
  esac
  eval "_cni_value=\\\${$_cni_name-} _cni_is_set=\\\${$_cni_name+1}"
  [ "$_cni_is_set" ] || continue
  export "CNI_CALLER_$_cni_name=$_cni_value"
  unset "$_cni_name"
  CNI_CALLER="$CNI_CALLER $_cni_name"
done
export CNI_CALLER ${assignments.join(" ")}
case \${1-} in daemon|tool) ;; *) exec ${start} ${rest} ;; esac
${DAEMON_PLACES}[ "$1" = daemon ] || exec ${start} ${TOOL_FLAGS} ${rest}
exec ${start} ${DAEMON_FLAGS} ${rest}
`;
}

/** The bundle's folder, as the launcher names it. */
const LIB = "$_cni_lib";

/** The folder that the launcher is in, as it names that itself. */
const BIN = "$_cni_bin";

/** What answers VERSION: plugins of the same reply stand together. */
function versionCases(replies: ReadonlyMap<string, string>): string {
  const names = Map.groupBy(replies.keys(), (name) => replies.get(name)!);
  return [...names].map(([reply, plugins]) =>
    `  ${plugins.map((name) => `:VERSION:${name}`).join("|")})
    trap '' PIPE
    printf %s ${quote(reply)} 2>/dev/null && exit
    echo "Cannot write to stdout" >&2
    exit 1 ;;
`
  ).join("");
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

/** A daemon's own: how V8 runs it, and exactly this socket and that file. */
const DAEMON_FLAGS = DAEMON_V8_FLAGS.join(" ") +
  ' "--allow-net=unix:$socket,unix:$socket.new" ' +
  '"--allow-read=${socket%/*}" "--allow-write=${socket%/*}" ' +
  '${metrics:+"--allow-read=$metrics,$metrics.new"} ' +
  '${metrics:+"--allow-write=$metrics,$metrics.new"}';

/** `cni tool` asks a daemon how it is, by this socket and no other. */
const TOOL_FLAGS = '"--allow-net=unix:$socket" "--allow-read=$socket" ' +
  '"--allow-write=$socket"';

/** How the portable form runs Deno. */
export interface LauncherFlags {
  /** What stands between Deno's executable and the bundle. */
  readonly flags: readonly string[];
  /** Deno's own variables. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The flags and the variables that the launcher runs Deno with. */
export function launcherFlags(
  { entry, permissions }: LauncherParts,
): LauncherFlags {
  const folder = entry.slice(0, entry.lastIndexOf("/"));
  // What is imported on first use is read like any file: see `deferImports`.
  const read = [...permissions.read, folder];
  const env = [
    ...permissions.env,
    // To give back what was set aside.
    ...["HOME", "CNI_CALLER*"],
    ...STEERING_PREFIXES.map((prefix) => `${prefix}*`),
  ];
  return {
    // A configuration or lock file in sight would cost a start-up 15 ms.
    flags: [
      ...["run", "--quiet", "--no-config", "--no-lock", "--no-npm", V8_FLAGS],
      ...permissionFlags({ ...permissions, read, env }),
    ],
    environment: {
      // Where Deno looks for an .npmrc, which would be read before the program.
      HOME: folder,
      // Compiled code lies beside the bundle: a runtime may start plugins
      // without a home.
      DENO_DIR: `${folder}/cache`,
      DENO_NO_UPDATE_CHECK: "1",
      // Else Deno looks for node in every folder of PATH.
      DENO_DISABLE_NODE_SHIM: "1",
    },
  };
}

/** A word as the shell takes it, with the launcher's own places in it. */
function shellWord(word: string): string {
  if (!word.includes(LIB) && !word.includes(BIN)) return quote(word);
  return word.split(/(\$_cni_(?:lib|bin)(?!\w))/)
    .map((part, index) =>
      index % 2 === 1 ? `"${part}"` : part === "" ? "" : quote(part)
    ).join("");
}
