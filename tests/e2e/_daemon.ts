import type { Netns } from "./_host.ts";
import { BIN } from "./_requirements.ts";

/** A daemon that runs on a test's host. */
export interface Daemon {
  /** Its socket. */
  readonly socket: string;
  /** Its process id. */
  readonly pid: number;
  /** Ends it as a service manager does; returns its exit status and log. */
  stop(): Promise<{ readonly status: number; readonly log: string }>;
}

/** How {@linkcode startDaemon} starts it. */
export interface DaemonStart {
  /** The folder of the program; that under test when absent. */
  readonly bin?: string;
  /** More words for it. */
  readonly flags?: readonly string[];
  /** More variables. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How long a daemon may take until it listens, in milliseconds. */
const START_TIMEOUT_MS = 20_000;

/**
 * Starts a daemon in a network namespace, and waits until it listens.
 *
 * @param socket Where it is to listen.
 */
export async function startDaemon(
  host: Pick<Netns, "path">,
  socket: string,
  { bin = BIN, flags = [], env = {} }: DaemonStart = {},
): Promise<Daemon> {
  const child = new Deno.Command("nsenter", {
    args: [
      ...[`--net=${host.path}`, "--", `${bin}/cni`, "daemon"],
      ...["--socket", socket, ...flags],
    ],
    cwd: "/",
    env: { ...env },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const log = readLog(child.stderr);
  await log.until(/^listening on /m, child.status);
  return {
    socket,
    pid: child.pid,
    stop: async () => {
      try {
        child.kill("SIGTERM");
      } catch {
        // It has ended by itself.
      }
      const { code } = await child.status;
      return { status: code, log: await log.whole };
    },
  };
}

function readLog(stream: ReadableStream<Uint8Array>) {
  let text = "";
  const waiting = new Set<() => void>();
  const whole = (async () => {
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      for (const wake of waiting) wake();
    }
    for (const wake of waiting) wake();
    return text;
  })();
  const until = async (pattern: RegExp, ended: Promise<unknown>) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const wake = () => pattern.test(text) && resolve();
    waiting.add(wake);
    const late = () => reject(new Error(`The daemon did not start: ${text}`));
    const limit = setTimeout(late, START_TIMEOUT_MS);
    ended.then(() => whole).then(late);
    try {
      wake();
      await promise;
    } finally {
      clearTimeout(limit);
      waiting.delete(wake);
    }
  };
  return { whole, until };
}
