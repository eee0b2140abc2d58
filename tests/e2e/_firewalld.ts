import type { Host } from "./_host.ts";

/** The programs that can talk to firewalld. */
export const CLIENTS = ["busctl", "dbus-send", "firewall-cmd"] as const;

/** A stand-in for firewalld, and for a program that talks to it. */
export interface FakeFirewalld {
  /** Variables by which a plugin finds the stand-in. */
  readonly env: Readonly<Record<string, string>>;
  /** Words before a plugin's path: they hide the real programs from it. */
  readonly wrapper: readonly string[];
  /** The sources in its zones, as `zone source`. */
  sources(): readonly string[];
  /** What it was called with, since the last time. */
  calls(): readonly string[];
  /** Has it run or not; it runs at first. */
  setRunning(isRunning: boolean): void;
  /** Has it refuse to add this source. */
  refuse(source: string): void;
  /** Has a source taken from its zone behind the plugin's back. */
  forget(source: string): void;
}

/**
 * Puts a stand-in for a client into `PATH`, with a socket in place of the
 * system bus. It answers in the words of the real ones.
 */
export function createFakeFirewalld(
  host: Host,
  client: typeof CLIENTS[number],
): FakeFirewalld {
  const folder = `${host.scratchDir}/firewalld-${client}`;
  Deno.mkdirSync(folder);
  const file = (name: string) => `${folder}/${name}`;
  const write = (name: string, text: string) =>
    Deno.writeTextFileSync(file(name), text);
  const linesOf = (name: string) =>
    Deno.readTextFileSync(file(name)).split("\n").filter((line) => line !== "");
  for (const name of ["sources", "calls", "refused"]) write(name, "");
  write("running", "true\n");
  const script = `#!/bin/sh\nfolder='${folder}'\nclient=${client}\n${CORE}`;
  Deno.writeTextFileSync(file(client), script, { mode: 0o755 });
  // For the search: firewalld is installed.
  Deno.writeTextFileSync(file("firewalld"), "#!/bin/sh\n", { mode: 0o755 });
  const socket = Deno.listen({ transport: "unix", path: file("socket") });
  host.defer(() => Promise.resolve(socket.close()));
  return {
    env: {
      PATH: `${folder}:${Deno.env.get("PATH") ?? ""}`,
      DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${file("socket")},guid=1`,
    },
    wrapper: ["unshare", "--mount", "sh", "-c", HIDE, "sh", folder],
    sources: () => linesOf("sources"),
    calls: () => {
      const lines = linesOf("calls");
      write("calls", "");
      return lines;
    },
    setRunning: (isRunning) => write("running", `${isRunning}\n`),
    refuse: (source) => write("refused", `${source}\n`),
    forget: (source) =>
      write(
        "sources",
        linesOf("sources").filter((line) => !line.endsWith(` ${source}`))
          .map((line) => `${line}\n`).join(""),
      ),
  };
}

/** Makes the real clients no programs, in a mount namespace of its own. */
const HIDE = `for one in ${CLIENTS.join(" ")}; do
  for folder in /usr/sbin /usr/bin; do
    [ ! -e $folder/$one ] || mount --bind /dev/null $folder/$one
  done
done
shift
exec "$@"`;

/** Reads each client's words, does the act, and answers as the client would. */
const CORE = `echo "$client $*" >>"$folder/calls"
read -r running <"$folder/running"
case $client in
busctl) act=$6 zone=$8 source=$9 ;;
dbus-send) act=\${5##*.} zone=\${6#string:} source=\${7#string:} ;;
firewall-cmd) act=\${2%%=*} zone=\${1#--zone=} source=\${2#*=} ;;
esac
yes() {
  case $client in
  busctl) echo "b $1" ;;
  dbus-send) printf 'method return time=1 sender=:1.0\\n   boolean %s\\n' $1 ;;
  firewall-cmd) [ $1 = true ] && echo yes || { echo no; exit 1; } ;;
  esac
}
fail() {
  case $client in
  busctl) echo "Call failed: $1" >&2; exit 1 ;;
  dbus-send) echo "Error org.fedoraproject.FirewallD1.Exception: $1" >&2; exit 1 ;;
  firewall-cmd)
    case $1 in ZONE_ALREADY_SET*) echo "Warning: $1" >&2; echo success; exit ;; esac
    echo "Error: $1" >&2; exit 30 ;;
  esac
}
if [ "$client $1" = 'firewall-cmd --state' ]; then
  [ $running = true ] && echo running || { echo 'not running'; exit 252; }
  exit
fi
has() { grep -qxF "$zone $source" "$folder/sources"; }
case $act in
NameHasOwner) yes $running ;;
addSource | --add-source)
  ! grep -qxF "$source" "$folder/refused" || fail "INVALID_SOURCE: $source"
  ! has || fail "ZONE_ALREADY_SET: '$source' already bound to '$zone'"
  echo "$zone $source" >>"$folder/sources"
  echo success ;;
removeSource | --remove-source)
  has || fail "UNKNOWN_SOURCE: '$source' is not in any zone"
  grep -vxF "$zone $source" "$folder/sources" >"$folder/rest"
  mv "$folder/rest" "$folder/sources"
  echo success ;;
querySource | --query-source) has && yes true || yes false ;;
*) fail "no such act: $act" ;;
esac
`;
