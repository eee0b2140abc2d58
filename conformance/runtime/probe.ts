import { isJsonObject, type JsonObject } from "../../lib/spec/mod.ts";

/** A call that the probe plugin got. */
export interface ProbeCall {
  /** The name that it was called by: `type` of the configuration. */
  readonly type: string;
  /** `CNI_COMMAND`; empty if unset. */
  readonly command: string;
  /** All variables that it was given. */
  readonly env: ReadonlyMap<string, string>;
  readonly stdin: string;
  /** stdin as one JSON object; empty if it is none. */
  readonly config: JsonObject;
  /** Its network namespace, as the kernel names it: `net:[4026531840]`. */
  readonly netns: string;
  /** Whether the call before was still running. */
  readonly overlaps: boolean;
}

/** How a probe answers a command. */
export interface ProbeReply {
  readonly stdout?: string;
  readonly stderr?: string;
  /** Exit status; 0 when absent. */
  readonly status?: number;
}

/**
 * The plugin that runtimes are tested with: writes down each call under the
 * next free number, then answers from the file for its name and command. It
 * finds its files by its own path, since a runtime need not pass variables on.
 */
const SCRIPT = `#!/bin/sh
root=\${0%/*}/..
type=\${0##*/}
set -C
n=1
until true >"$root/calls/$n.type"; do n=$((n + 1)); done 2>/dev/null
set +C
call=$root/calls/$n
last=$root/calls/$((n - 1))
[ "$n" = 1 ] || [ -e "$last.end" ] || : >"$call.overlap"
echo "$type" >"$call.type"
cat "/proc/$$/environ" >"$call.env"
cat >"$call.stdin"
readlink /proc/self/ns/net >"$call.netns"
reply=$root/replies/$type.\${CNI_COMMAND-}
status=0
[ ! -e "$reply.status" ] || read -r status <"$reply.status"
[ ! -s "$reply.stderr" ] || cat "$reply.stderr" >&2
[ ! -s "$reply.stdout" ] || cat "$reply.stdout"
: >"$call.end"
exit "$status"
`;

/** The probe plugins of a folder. */
export class Probes {
  /** The folder that they are in, for `CNI_PATH`. */
  readonly bin: string;
  readonly #root: string;

  /** Installs the probe under some names, below an empty folder. */
  constructor(root: string, types: readonly string[]) {
    this.#root = root;
    this.bin = `${root}/bin`;
    for (const name of ["bin", "calls", "replies"]) {
      Deno.mkdirSync(`${root}/${name}`);
    }
    for (const type of types) {
      Deno.writeTextFileSync(`${this.bin}/${type}`, SCRIPT, { mode: 0o755 });
    }
  }

  /** Takes a probe away. */
  remove(type: string): void {
    Deno.removeSync(`${this.bin}/${type}`);
  }

  /** Says how a probe answers a command from now on. */
  reply(
    type: string,
    command: string,
    { stdout = "", stderr = "", status = 0 }: ProbeReply,
  ): void {
    const file = `${this.#root}/replies/${type}.${command}`;
    Deno.writeTextFileSync(`${file}.stdout`, stdout);
    Deno.writeTextFileSync(`${file}.stderr`, stderr);
    Deno.writeTextFileSync(`${file}.status`, `${status}\n`);
  }

  /** The calls since the last time, in the order in which they began. */
  takeCalls(): readonly ProbeCall[] {
    const folder = `${this.#root}/calls`;
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
    const numbers = names.filter((name) => name.endsWith(".type"))
      .map((name) => parseInt(name)).toSorted((a, b) => a - b);
    const files = new Set(names);
    const calls = numbers.map((number) =>
      readCall(`${folder}/${number}`, files.has(`${number}.overlap`))
    );
    for (const name of names) Deno.removeSync(`${folder}/${name}`);
    return calls;
  }
}

function readCall(path: string, overlaps: boolean): ProbeCall {
  const env = new Map(
    read(`${path}.env`).split("\0").filter((pair) => pair.includes("="))
      .map((pair) => {
        const at = pair.indexOf("=");
        return [pair.slice(0, at), pair.slice(at + 1)] as const;
      }),
  );
  const stdin = read(`${path}.stdin`);
  return {
    type: read(`${path}.type`).trim(),
    command: env.get("CNI_COMMAND") ?? "",
    env,
    stdin,
    config: parse(stdin),
    netns: read(`${path}.netns`).trim(),
    overlaps,
  };
}

/** A file of a call; one that was ended before its time may lack it. */
function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

function parse(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}
