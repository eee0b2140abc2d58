import { DAEMON_SOCKET, type Flag } from "../../terminal/mod.ts";

/** What a daemon tells of itself. */
export interface DaemonStatus {
  /** The build that it belongs to. */
  readonly buildId: string;
  readonly pid: number;
  /** How long it has been running, in milliseconds. */
  readonly uptimeMs: number;
  /** How many calls run at the moment. */
  readonly running: number;
  /** How many wait for their turn. */
  readonly waiting: number;
  /** How many may run at a time. */
  readonly maxCalls: number;
  readonly calls: readonly CountedCalls[];
  /** Calls that shims were told to do themselves, by the reason. */
  readonly declined: Readonly<Record<string, number>>;
}

/** How many calls of a kind have ended. */
export interface CountedCalls {
  readonly plugin: string;
  readonly command: string;
  /** The code of the error object; 0 for success. */
  readonly code: number;
  readonly count: number;
}

/** Why a daemon has told nothing. */
export type Silence = "absent" | "denied" | "mute";

/** Names the daemon's socket. */
export const SOCKET_FLAG: Flag = {
  name: "socket",
  value: "PATH",
  completes: "file",
  summary: `the daemon's socket (${DAEMON_SOCKET})`,
};

/** A daemon that works answers at once. */
const ANSWER_TIMEOUT_MS = 3000;

/**
 * Asks the daemon at a socket for its counters. Needs `--allow-net=unix:` for
 * it, and the right to read and write it.
 *
 * @returns What it says; or why there is no answer: no daemon listens, this user
 * may not ask, or what listens does not answer as a daemon does.
 */
export async function askDaemon(
  socket: string,
): Promise<DaemonStatus | Silence> {
  let connection: Deno.UnixConn;
  try {
    connection = await Deno.connect({ transport: "unix", path: socket });
  } catch (error) {
    const isDenied = error instanceof Deno.errors.PermissionDenied ||
      error instanceof Deno.errors.NotCapable;
    return isDenied ? "denied" : "absent";
  }
  const limit = setTimeout(() => connection.close(), ANSWER_TIMEOUT_MS);
  try {
    await connection.write(new TextEncoder().encode("STATUS\n"));
    const text = await new Response(connection.readable).text();
    return JSON.parse(text);
  } catch {
    return "mute";
  } finally {
    clearTimeout(limit);
  }
}
