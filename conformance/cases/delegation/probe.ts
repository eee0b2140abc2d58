import {
  type JsonObject,
  parseJsonObject,
  type Result,
  resultToJson,
  SPEC_VERSIONS,
} from "../../../lib/spec/mod.ts";
import { type CallOptions, type Stage, Violation } from "../../suite/mod.ts";

/** A call that the probe was given. */
export interface ProbeCall {
  readonly command: string;
  /** The `CNI_*` variables. */
  readonly env: Readonly<Record<string, string>>;
  readonly config: JsonObject;
}

/** A stand-in for an IPAM plugin: it notes what it is called with. */
export interface Probe {
  /** `CNI_PATH` and the configuration by which a plugin finds it. */
  readonly options: Required<Pick<CallOptions, "path">> & {
    readonly stdin: JsonObject;
  };
  /** Its calls so far, in order; those of VERSION left out. */
  calls(): Promise<readonly ProbeCall[]>;
  /** Has a command fail from now on, with this error. */
  fail(command: string, error: JsonObject): Promise<void>;
}

/** The type by which a configuration names it. */
const NAME = "conformance-probe";

/** Where it lies: a folder of the stage's own, on which programs can run. */
const FOLDER = "/var/lib/cni/conformance-probe";

/** What the probe says on stderr. */
export const PROBE_WORDS = "a word from the plugin that is delegated to";

/** The address that it gives. */
export const PROBE_ADDRESS = "10.198.0.2/24";

const RESULT: Result = {
  ips: [{ address: PROBE_ADDRESS, gateway: "10.198.0.1" }],
};

/** $1 is the folder for the probe, $2 the one for its notes; stdin its text. */
const INSTALL = `mkdir -p "$1" "$2" &&
cat >"$1/${NAME}" && chmod 755 "$1/${NAME}"`;

/** Each call gets a folder with the next number. */
function script(notes: string): string {
  return `#!/bin/sh
PATH=\${PATH:-/usr/sbin:/usr/bin:/sbin:/bin}
if [ "$CNI_COMMAND" = VERSION ]; then
  echo '${
    JSON.stringify({ cniVersion: "1.1.0", supportedVersions: SPEC_VERSIONS })
  }'
  exit
fi
i=0
until mkdir "${notes}/$i" 2>/dev/null; do i=$((i + 1)); done
cat >"${notes}/$i/stdin"
env >"${notes}/$i/env"
echo '${PROBE_WORDS}' >&2
if [ -e "${notes}/fail-$CNI_COMMAND" ]; then
  cat "${notes}/fail-$CNI_COMMAND"
  exit 1
fi
[ "$CNI_COMMAND" != ADD ] || cat "${notes}/result"
`;
}

/**
 * Puts a probe into `CNI_PATH`, before the plugins of the folder, and makes it
 * the IPAM plugin of the configuration.
 */
export async function addProbe(stage: Stage): Promise<Probe> {
  const notes = `${stage.scratchDir}/probe`;
  const words = ["sh", "-c", INSTALL, "sh", FOLDER, notes];
  const { status, stderr } = await stage.host.run(words, script(notes));
  if (status !== 0) throw new Error(`Cannot install the probe: ${stderr}`);
  const result = resultToJson(RESULT, stage.version);
  await Deno.writeTextFile(`${notes}/result`, JSON.stringify(result));
  const { profile, folder } = stage.subject;
  const ipam = { ...profile?.config.ipam as JsonObject, type: NAME };
  return {
    options: {
      path: `${FOLDER}:${folder}`,
      stdin: stage.config({ ipam }),
    },
    calls: () => readCalls(notes),
    fail: (command, error) =>
      Deno.writeTextFile(`${notes}/fail-${command}`, JSON.stringify(error)),
  };
}

async function readCalls(notes: string): Promise<readonly ProbeCall[]> {
  const names = [...Deno.readDirSync(notes)].map(({ name }) => name);
  const numbers = names.filter((name) => /^\d+$/.test(name)).map(Number);
  const calls: ProbeCall[] = [];
  for (const number of numbers.sort((a, b) => a - b)) {
    const lines = await Deno.readTextFile(`${notes}/${number}/env`);
    const env = Object.fromEntries(
      lines.split("\n").filter((line) => line.startsWith("CNI_"))
        .map((line) => line.split(/=(.*)/s).slice(0, 2)),
    );
    const stdin = await Deno.readTextFile(`${notes}/${number}/stdin`);
    const command = env.CNI_COMMAND ?? "";
    calls.push({ command, env, config: readConfig(stdin, command) });
  }
  return calls;
}

function readConfig(stdin: string, command: string): JsonObject {
  try {
    return parseJsonObject(stdin, "configuration");
  } catch {
    throw new Violation(`${command} is delegated without a configuration`);
  }
}
