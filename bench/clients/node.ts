import type { CpuGroup } from "./cpu_group.ts";
import { SUBNET_ENV } from "./networks.ts";

/** What a node is made of. */
export interface NodeOptions {
  /** Path of its network namespace. */
  readonly netns: string;
  /** A folder of its own, which is there. */
  readonly folder: string;
  /** The group that its processes belong to. */
  readonly group: CpuGroup;
  /** The folder of a resident mode whose daemon it has; none when absent. */
  readonly daemonBin?: string;
  /** What it runs: a container runtime, if that is a service. */
  readonly service?: readonly string[];
}

/**
 * A node: namespaces for the network, mounts and processes with `/run` and
 * `/var/lib/cni` of their own, and perhaps a daemon of the resident mode.
 * Disposing of it ends every process in it.
 */
export interface Node extends AsyncDisposable {
  /** The root of its file system, as seen from outside. */
  readonly root: string;
  /** Words that run `words` in it. */
  enter(words: readonly string[]): readonly string[];
}

/** Where the daemon listens, in the node. */
export const DAEMON_SOCKET = "/run/cni/daemon.sock";

const START = `set -e
echo $$ >"$1"
shift
exec unshare --mount --pid --fork --kill-child --mount-proc sh -c "$@"
`;

// The first process adopts and waits for what others leave behind.
const INSIDE = `set -e
folder=$1 daemon=$2
shift 2
mount -t tmpfs tmpfs /run
mkdir -p /run/cni /run/netns /run/flannel /var/lib/cni "$folder/lib"
mount --bind "$folder/lib" /var/lib/cni
cp "$folder/subnet.env" /run/flannel/subnet.env
cd /
[ -z "$daemon" ] || "$daemon/cni" daemon --log-level warn 2>"$folder/daemon.log" &
"$@" >"$folder/log" 2>&1 &
: >"$folder/started"
wait
`;

/** Starts a node, and waits until it is complete. */
export async function startNode(
  { netns, folder, group, daemonBin = "", service = ["sleep", "infinity"] }:
    NodeOptions,
): Promise<Node> {
  await Deno.writeTextFile(`${folder}/subnet.env`, SUBNET_ENV);
  const process = new Deno.Command("nsenter", {
    args: [
      ...[`--net=${netns}`, "--", "sh", "-c", START, "sh", group.procsFile],
      ...[INSIDE, "sh", folder, daemonBin, ...service],
    ],
    stdin: "null",
    stdout: "null",
    // unshare complains when its child is killed.
    stderr: "null",
  }).spawn();
  await until("the node is started", () => exists(`${folder}/started`));
  const children = `/proc/${process.pid}/task/${process.pid}/children`;
  const pid = (await Deno.readTextFile(children)).trim();
  const root = `/proc/${pid}/root`;
  if (daemonBin !== "") {
    await until("the daemon listens", () => exists(root + DAEMON_SOCKET));
  }
  return {
    root,
    enter: (words) => [
      ...["sh", "-c", 'echo $$ >"$0" && exec "$@"', group.procsFile],
      ...["nsenter", "--net", "--mount", "--pid", `--target=${pid}`, "--"],
      ...words,
    ],
    [Symbol.asyncDispose]: async () => {
      Deno.kill(Number(pid), "SIGKILL");
      await process.status;
    },
  };
}

/** Waits for something to become true, half a minute at most. */
export async function until(
  what: string,
  isTrue: () => Promise<boolean>,
): Promise<void> {
  for (let count = 0; count < 300; count++) {
    if (await isTrue()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Waited in vain: ${what}`);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
