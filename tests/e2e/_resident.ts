import { type Daemon, type DaemonStart, startDaemon } from "./_daemon.ts";
import type { Host } from "./_host.ts";
import { kernelTest, type KernelTestOptions } from "./_kernel_test.ts";
import { callPlugin, type PluginCall } from "./_plugin.ts";
import { whyNot } from "./_requirements.ts";
import type { Output } from "./_run.ts";

/** The folder of the resident mode under test. */
export const RESIDENT_BIN: string =
  new URL("../../build/resident", import.meta.url).pathname;

/** A daemon on a test's host, and how its plugins are called. */
export interface Resident {
  /** The daemon that serves now. */
  daemon: Daemon;
  /** Its socket. */
  readonly socket: string;
  /** Starts another daemon, which takes the socket over. */
  start(flags?: readonly string[], more?: DaemonStart): Promise<Daemon>;
  /** Calls a plugin by the shim. */
  call(name: string, call: PluginCall): Promise<Output>;
  /** The counters of the daemon. */
  status(): Promise<DaemonStatus>;
}

/** What a daemon tells of itself. */
export interface DaemonStatus {
  readonly running: number;
  readonly waiting: number;
  readonly calls: readonly {
    readonly plugin: string;
    readonly command: string;
    readonly code: number;
    readonly count: number;
  }[];
  readonly declined: Readonly<Record<string, number>>;
}

/** A {@linkcode kernelTest} whose host has a daemon of its own. */
export function residentTest(
  title: string,
  body: (host: Host, resident: Resident, t: Deno.TestContext) => Promise<void>,
  options: KernelTestOptions = {},
): void {
  const shim = `${RESIDENT_BIN}/cni-shim`;
  kernelTest(title, async (host, t) => {
    const socket = `/run/cni/resident-${host.id}.sock`;
    // A daemon that is killed leaves its socket's file.
    host.defer(() => Deno.remove(socket).catch(() => {}));
    const start: Resident["start"] = async (flags = [], more = {}) => {
      const daemon = await startDaemon(host, socket, {
        bin: RESIDENT_BIN,
        flags,
        ...more,
      });
      host.defer(() => daemon.stop());
      return daemon;
    };
    const resident: Resident = {
      daemon: await start(),
      socket,
      start: async (flags, more) => resident.daemon = await start(flags, more),
      call: (name, call) =>
        callPlugin(host, name, {
          bin: RESIDENT_BIN,
          ...call,
          env: { CNI_DAEMON_SOCKET: socket, ...call.env },
        }),
      status: () => askDaemon(socket, "STATUS").then(JSON.parse),
    };
    await body(host, resident, t);
  }, {
    ...options,
    unless: () =>
      whyNot([shim]) === undefined
        ? options.unless?.()
        : `needs ${shim}: run make build with a C compiler`,
  });
}

/** Asks a daemon something of itself; returns what it answers. */
export async function askDaemon(socket: string, word: string): Promise<string> {
  using conn = await Deno.connect({ transport: "unix", path: socket });
  await conn.write(new TextEncoder().encode(`${word}\n`));
  return await new Response(conn.readable).text();
}
