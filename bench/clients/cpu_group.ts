import { runProgram } from "../measure.ts";

const ROOT = "/sys/fs/cgroup";

/** A group of processes whose processor time is counted together. */
export interface CpuGroup extends AsyncDisposable {
  /** The file that a process writes itself into to belong to it. */
  readonly procsFile: string;
  /** Where groups of its pods are made, from the root of groups. */
  readonly pods: string;
  /** Processor time of all that have belonged to it, in milliseconds. */
  usedMs(): Promise<number>;
}

/**
 * Makes a group; disposing of it removes it, when its processes have ended.
 *
 * @param name Name that no other group has.
 */
export async function makeCpuGroup(name: string): Promise<CpuGroup> {
  const isUnified = await exists(`${ROOT}/cgroup.controllers`);
  const folder = isUnified ? `${ROOT}/${name}` : `${ROOT}/cpuacct/${name}`;
  // Beside the pods: the unified kind has processes in leaves only.
  await Deno.mkdir(`${folder}/node`, { recursive: true });
  return {
    procsFile: `${folder}/node/cgroup.procs`,
    pods: `/${name}/pods`,
    usedMs: async () => {
      if (!isUnified) return await numberIn(`${folder}/cpuacct.usage`) / 1e6;
      return await numberIn(`${folder}/cpu.stat`) / 1e3;
    },
    [Symbol.asyncDispose]: async () => {
      await runProgram({ words: ["sh", "-c", REMOVE, "sh", name] });
    },
  };
}

// A process that was killed may belong to its group a moment longer.
const REMOVE = `for count in 1 2 3 4 5 6 7 8 9 10; do
  find ${ROOT} -depth -type d -path "*/$1*" -exec rmdir {} + 2>/dev/null || :
  [ -n "$(find ${ROOT} -maxdepth 2 -name "$1" 2>/dev/null)" ] || exit 0
  sleep 0.2
done
echo "Cannot remove the group $1" >&2
exit 1
`;

/** The first number of a file. */
async function numberIn(file: string): Promise<number> {
  return Number(/\d+/.exec(await Deno.readTextFile(file))?.[0]);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
