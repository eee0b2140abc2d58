import { startDaemon } from "./_daemon.ts";
import { IS_RESIDENT, locate } from "./_requirements.ts";
import { must, type Output, run, type RunOptions } from "./_run.ts";

/** A network namespace of a test. */
export interface Netns {
  /** Its path. */
  readonly path: string;
  /** Runs a program in it. */
  run(words: readonly string[], options?: RunOptions): Promise<Output>;
  /** Runs a program in it that must succeed; returns its stdout. */
  must(words: readonly string[], options?: RunOptions): Promise<string>;
  /** Runs `ip` in it with these words, separated by spaces; must succeed. */
  ip(words: string): Promise<string>;
}

/** A container: a network namespace with an id. */
export interface Sandbox extends Netns {
  readonly containerId: string;
}

/**
 * A host of its own for one test: a network namespace in which plugins are
 * run, with bridges, rules and routes that nobody else sees, and folders with
 * unique names for what is on disk. So tests can run side by side, and a whole
 * state can be compared with another.
 */
export interface Host extends Netns, AsyncDisposable {
  /** Eight hexadecimal digits that no other host has. */
  readonly id: string;
  /** A name for a bridge. */
  readonly bridge: string;
  /** A name for a network. */
  readonly network: string;
  /** A folder for reservations; not made yet. */
  readonly dataDir: string;
  /** A folder for the test's own files. */
  readonly scratchDir: string;
  /** Makes a container. */
  addSandbox(): Promise<Sandbox>;
  /** Makes a network namespace that is no container. */
  addNetns(): Promise<Netns>;
  /** Has something undone when the test is over, last first. */
  defer(act: () => Promise<unknown>): void;
}

// By its path, since a test may put another program of this name into PATH.
const NSENTER = locate("nsenter") ?? "nsenter";

/** Makes a {@linkcode Host}; disposing of it removes all that belongs to it. */
export async function createHost(): Promise<Host> {
  const id = crypto.randomUUID().slice(0, 8);
  const cleanup = new AsyncDisposableStack();
  const addNetns = async (suffix: string) => {
    const name = `cnitest-${id}-${suffix}`;
    await must(["ip", "netns", "add", name]);
    cleanup.defer(() => run(["ip", "netns", "del", name]).then(() => {}));
    return netnsAt(`/run/netns/${name}`);
  };
  const scratchDir = await Deno.makeTempDir({ prefix: `cnitest-${id}-` });
  const dataDir = `/var/lib/cni/test-${id}`;
  const bridge = `cb${id}`;
  const lock = `/var/lib/cni/.locks/net-${id}`;
  const files = [
    ...[scratchDir, dataDir, `/run/cni/bridge-${bridge}.lock`],
    ...[lock, `${lock}~door`],
  ];
  cleanup.defer(() => removeAll([...files, ...notesOf(id)]));
  let count = 0;
  const netns = await addNetns("host");
  await netns.must(["sh", "-c", PREPARE]);
  const daemonEnv = IS_RESIDENT ? await addDaemon(netns, id, cleanup) : {};
  const inside = { ...netns, ...withEnv(netns, daemonEnv) };
  return {
    ...inside,
    id,
    bridge,
    network: `net-${id}`,
    dataDir,
    scratchDir,
    addNetns: () => addNetns(`n${++count}`),
    addSandbox: async () => {
      const number = ++count;
      const containerId = `ct-${id}-${number}`;
      return { ...await addNetns(`c${number}`), containerId };
    },
    defer: (act) => cleanup.defer(() => act().then(() => {})),
    [Symbol.asyncDispose]: async () => {
      await cleanup.disposeAsync();
      refuseLeftovers(id);
    },
  };
}

/** Starts a daemon for the host; returns the variable that leads shims to it. */
async function addDaemon(
  netns: Netns,
  id: string,
  cleanup: AsyncDisposableStack,
): Promise<Record<string, string>> {
  const socket = `/run/cni/test-${id}.sock`;
  const daemon = await startDaemon(netns, socket);
  cleanup.defer(() => daemon.stop().then(() => {}));
  return { CNI_DAEMON_SOCKET: socket };
}

/** A namespace whose programs get these variables besides. */
function withEnv(
  netns: Netns,
  more: Readonly<Record<string, string>>,
): Pick<Netns, "run" | "must"> {
  const over = (options: RunOptions = {}) => ({
    ...options,
    env: { ...more, ...options.env },
  });
  return {
    run: (words, options) => netns.run(words, over(options)),
    must: (words, options) => netns.must(words, over(options)),
  };
}

/** A network namespace by its path. */
export function netnsAt(path: string): Netns {
  const inside = (words: readonly string[]) => [
    ...[NSENTER, `--net=${path}`, "--", ...words],
  ];
  return {
    path,
    run: (words, options) => run(inside(words), options),
    must: (words, options) => must(inside(words), options),
    ip: (words) => must(inside(["ip", ...words.split(" ")])),
  };
}

// Forwarding off, to see that the plugin turns it on. No duplicate address
// detection, since its progress would show in a comparison of two states.
const PREPARE = `
ip link set lo up
echo 0 >/proc/sys/net/ipv4/ip_forward
echo 0 >/proc/sys/net/ipv6/conf/all/forwarding
echo 0 >/proc/sys/net/ipv6/conf/all/accept_dad
echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad
`;

/** What plugins have noted of attachments that no test has deleted. */
function notesOf(id: string): readonly string[] {
  return ["portmap", "bandwidth"].flatMap((plugin) =>
    namesIn(`/run/cni/${plugin}`).filter((name) => name.includes(id))
      .map((name) => `/run/cni/${plugin}/${name}`)
  );
}

async function removeAll(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await Deno.remove(path, { recursive: true }).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
}

function refuseLeftovers(id: string): void {
  const folders = ["/run/netns", "/run/cni", "/var/lib/cni", "/tmp"];
  const left = folders.flatMap((folder) =>
    namesIn(folder).filter((name) => name.includes(id))
      .map((name) => `${folder}/${name}`)
  );
  if (left.length > 0) throw new Error(`Left over: ${left.join(", ")}`);
}

function namesIn(folder: string): readonly string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
