import { PROJECT_ROOT } from "../scripts/project.ts";

/** The folder of our plugins in resident mode, as `make build` leaves it. */
export const RESIDENT = `${PROJECT_ROOT}/build/resident`;

/** A program that works for others' calls, and what that costs. */
export interface Background {
  /** Processor time that it and its children have taken so far, in ms. */
  cpuMs(): number;
  /** Memory that it has in use, in MiB. */
  memoryMiB(): number;
}

/** How long a daemon may take to listen. */
const START_TIMEOUT_MS = 10_000;

const SOCKET = "/run/cni/daemon.sock";

/**
 * Starts the daemon of the resident mode.
 *
 * @param cleanup Ends it.
 * @returns `undefined` if that is not built: without a C compiler.
 * @throws {Error} If it does not listen.
 */
export async function startDaemon(
  cleanup: AsyncDisposableStack,
): Promise<Background | undefined> {
  if (!exists(`${RESIDENT}/cni-shim`)) return undefined;
  const child = new Deno.Command(`${RESIDENT}/cni`, {
    args: ["daemon", "--log-level", "error"],
    stdin: "null",
    stderr: "null",
  }).spawn();
  cleanup.defer(async () => {
    child.kill("SIGTERM");
    await child.status;
  });
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!exists(SOCKET)) {
    if (performance.now() > deadline) throw new Error("No daemon listens");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return backgroundOf(child.pid);
}

function backgroundOf(pid: number): Background {
  return {
    cpuMs: () => treeOf(pid).reduce((sum, one) => sum + cpuMsOf(one), 0),
    memoryMiB: () => {
      const status = Deno.readTextFileSync(`/proc/${pid}/status`);
      return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
    },
  };
}

/** A process and its descendants. */
function treeOf(pid: number): readonly number[] {
  const tree: number[] = [];
  const found = [pid];
  for (let one = found.pop(); one !== undefined; one = found.pop()) {
    tree.push(one);
    found.push(...childrenOf(one));
  }
  return tree;
}

function childrenOf(pid: number): readonly number[] {
  try {
    const tasks = [...Deno.readDirSync(`/proc/${pid}/task`)];
    return tasks.flatMap(({ name }) =>
      Deno.readTextFileSync(`/proc/${pid}/task/${name}/children`).split(" ")
        .filter(Boolean).map(Number)
    );
  } catch {
    // It has ended meanwhile.
    return [];
  }
}

/** What the kernel counts in: hundredths of a second. */
const TICK_MS = 10;

/** The time of a process, and of its children that have ended. */
export function cpuMsOf(pid: number | "self", part = CPU_FIELDS): number {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return part.reduce((sum, index) => sum + Number(fields[index]), 0) *
      TICK_MS;
  } catch {
    return 0;
  }
}

/** Places of user and system time after the name: its own, its children's. */
const CPU_FIELDS: readonly number[] = [11, 12, 13, 14];

/** Those of its children. */
export const CHILDREN_CPU_FIELDS: readonly number[] = [13, 14];

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
