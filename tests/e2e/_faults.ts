import type { Host } from "./_host.ts";
import { locate } from "./_requirements.ts";

/** Programs that fail once, at a chosen step of all that a plugin does. */
export interface Faults {
  /** `PATH` with the programs in front of the real ones. */
  readonly path: string;
  /**
   * Starts the count anew.
   *
   * @param step Which step is to fail, from 1; 0 for none.
   */
  arm(step: number): void;
  /** How many steps there have been since. */
  count(): number;
  /** The step that has failed, as text; empty if none has. */
  failed(): string;
}

/** A line of `ip -batch` is a step of its own, any other program run is one. */
const BATCH_PROGRAMS = ["ip", "bridge", "tc"];

const PROGRAMS = [
  ...BATCH_PROGRAMS,
  ...["nsenter", "sh", "nft", "conntrack"],
  ...["iptables", "ip6tables", "iptables-restore", "ip6tables-restore"],
];

/**
 * Puts stand-ins for all programs that plugins run into a folder of the host.
 * They run the real ones, until the step that is to fail: it is not done, and
 * its program ends with status 1. All steps after it work, so that what is
 * taken back can be seen.
 */
export function createFaults(host: Host): Faults {
  const folder = `${host.scratchDir}/faults`;
  Deno.mkdirSync(folder, { recursive: true });
  for (const program of PROGRAMS) {
    const real = locate(program);
    if (real === undefined) continue;
    const isBatch = BATCH_PROGRAMS.includes(program);
    const text = prelude(folder, real) + (isBatch ? BATCH : "") + SINGLE;
    Deno.writeTextFileSync(`${folder}/${program}`, text, { mode: 0o755 });
  }
  const read = (name: string) => Deno.readTextFileSync(`${folder}/${name}`);
  const write = (name: string, text: string) =>
    Deno.writeTextFileSync(`${folder}/${name}`, text);
  return {
    path: `${folder}:${Deno.env.get("PATH") ?? ""}`,
    arm: (step) => {
      write("count.state", "0\n");
      write("fail.state", `${step}\n`);
      write("failed.state", "");
    },
    count: () => Number(read("count.state")),
    failed: () => read("failed.state").trim(),
  };
}

/** `claim N` takes the next N numbers; `at` is which of them fails, or 0. */
function prelude(folder: string, real: string): string {
  return `#!/bin/sh
folder='${folder}'
real='${real}'
claim() {
  exec 9>>"$folder/lock.state"
  flock 9
  read -r count <"$folder/count.state"
  read -r fail <"$folder/fail.state"
  echo $((count + $1)) >"$folder/count.state"
  exec 9>&-
  at=$((fail - count))
  [ $at -ge 1 ] && [ $at -le $1 ] || at=0
}
`;
}

const BATCH = `case " $* " in *' -batch '*)
  script=$(cat)
  claim $(printf '%s\\n' "$script" | wc -l)
  if [ $at = 0 ]; then
    printf '%s\\n' "$script" | "$real" "$@"
    exit
  fi
  printf '%s\\n' "$script" | sed -n "\${at}p" >"$folder/failed.state"
  case " $* " in
  *' -force '*) printf '%s\\n' "$script" | sed "\${at}d" | "$real" "$@" ;;
  *) printf '%s\\n' "$script" | sed "\${at},\\$d" | "$real" "$@" ;;
  esac
  echo "Error: injected fault
Command failed -:$at" >&2
  exit 1 ;;
esac
`;

const SINGLE = `claim 1
[ $at = 0 ] && exec "$real" "$@"
echo "$real $*" >"$folder/failed.state"
echo 'Error: injected fault' >&2
exit 1
`;
