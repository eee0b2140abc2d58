import { createContext, execPlugin } from "../lib/invoke/mod.ts";
import {
  dispatch,
  type Registry,
  type Reply,
  takeBack,
} from "../lib/plugin/mod.ts";
import { startTrace } from "../lib/trace/mod.ts";
import type { CallQueue } from "./call_queue.ts";
import {
  type Peer,
  type PeerRequest,
  readRequest,
  writeAll,
} from "./connection.ts";
import { declineReason, type Identity } from "./decline.ts";
import type { Metrics } from "./metrics.ts";
import {
  ACCEPTED,
  ALIVE,
  DECLINED,
  replyBytes,
  RETIRE,
  type ShimRequest,
  STATUS,
  TAKE_BACK,
} from "./wire.ts";

/** What a {@linkcode Server} works with. */
export interface ServerOptions {
  readonly identity: Identity;
  /** The plugins that are part of this program. */
  readonly registry: Registry;
  /** Path of this program's executable. */
  readonly self: string;
  /** Whether a caller's `PATH` finds the programs that the daemon's does. */
  readonly findsSamePrograms: (searchPath: string) => Promise<boolean>;
  /** Where calls wait for their turn. */
  readonly queue: CallQueue;
  readonly metrics: Metrics;
  /** Is called when another daemon has taken the socket over. */
  readonly onRetire: () => void;
  /** Takes a line about a call. */
  readonly log: (line: LogLine) => void;
}

/** What is logged of a call. */
export interface LogLine {
  readonly plugin: string;
  readonly command: string;
  readonly attachment: string;
  readonly durationMs: number;
  /** The code of the error object; 0 for success. */
  readonly code: number;
  /** The message of the error object; empty for success. */
  readonly message: string;
}

/** How often a shim is told that the daemon lives. */
const ALIVE_INTERVAL_MS = 1000;

/** How long a shim may take for its request: it has all of it already. */
const REQUEST_TIMEOUT_MS = 10_000;

/** How long a shim may take to write the reply to its runtime. */
const TAKEN_TIMEOUT_MS = 10_000;

/** How many requests may be half read; one more, and the oldest is cut off. */
const MAX_HALF_READ = 128;

/** How many calls may wait before further ones are declined. */
const MAX_WAITING = 256;

/** Answers shims: runs what they hand over, or declines it. */
export class Server {
  readonly #options: ServerOptions;
  readonly #queue: CallQueue;
  readonly #peers = new Set<Promise<void>>();
  readonly #halfRead = new Set<Peer>();
  #isDraining = false;

  /** Makes a server that listens nowhere yet. */
  constructor(options: ServerOptions) {
    this.#options = options;
    this.#queue = options.queue;
  }

  /** How many calls run and wait. */
  get load(): { readonly running: number; readonly waiting: number } {
    const { running, waiting } = this.#queue;
    return { running, waiting };
  }

  /** Takes connections until the listener is closed. */
  async serve(listener: AsyncIterable<Peer>): Promise<void> {
    for await (const peer of listener) {
      const served = this.#serve(peer).catch(() => {}).finally(() => {
        this.#peers.delete(served);
      });
      this.#peers.add(served);
    }
  }

  /**
   * Declines what has not begun, and waits for the end of what has.
   *
   * @param limitMs How long it waits: one may wait for a lock, or for a plugin
   * that never ends.
   * @returns How many have not ended; their shims report an error.
   */
  async drain(limitMs: number): Promise<number> {
    this.#isDraining = true;
    for (const peer of this.#halfRead) closeQuietly(peer);
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const limit = setTimeout(resolve, limitMs);
    await Promise.race([Promise.allSettled([...this.#peers]), late]);
    clearTimeout(limit);
    return this.#peers.size;
  }

  async #serve(peer: Peer): Promise<void> {
    using _closing = { [Symbol.dispose]: () => closeQuietly(peer) };
    const asked = await this.#readRequest(peer);
    if (asked === undefined) return this.#options.metrics.decline("garbage");
    if (asked.kind === "word") return await this.#answer(peer, asked.word);
    const { request } = asked;
    const reason = await this.#whyNot(request);
    const load = this.#options.registry.get(request.applet);
    if (reason !== undefined || load === undefined) {
      return await this.#decline(peer, reason ?? "no_plugin");
    }
    const alive = setInterval(() => {
      void writeAll(peer, encode(ALIVE));
    }, ALIVE_INTERVAL_MS);
    try {
      await this.#queue.run({
        key: keyOf(request),
        // The lines of others would be among its own.
        isAlone: request.isTraced,
        start: () => this.#call(peer, request),
      });
    } finally {
      clearInterval(alive);
    }
  }

  async #whyNot(request: ShimRequest): Promise<string | undefined> {
    const { identity, findsSamePrograms } = this.#options;
    if (this.#isDraining) return "shutting_down";
    if (this.#queue.waiting >= MAX_WAITING) return "queue_full";
    const reason = declineReason(request, identity);
    if (reason !== undefined) return reason;
    return await findsSamePrograms(request.searchPath) ? undefined : "path";
  }

  /** A shim sends all at once: who is slow makes room for others. */
  async #readRequest(peer: Peer): Promise<PeerRequest | undefined> {
    if (this.#halfRead.size >= MAX_HALF_READ) {
      const [oldest] = this.#halfRead;
      closeQuietly(oldest!);
    }
    this.#halfRead.add(peer);
    const limit = setTimeout(() => closeQuietly(peer), REQUEST_TIMEOUT_MS);
    try {
      return await readRequest(peer);
    } catch {
      return undefined;
    } finally {
      clearTimeout(limit);
      this.#halfRead.delete(peer);
    }
  }

  /** Answers what is asked of the daemon itself. */
  async #answer(peer: Peer, word: string): Promise<void> {
    const { identity, metrics, onRetire } = this.#options;
    if (word === RETIRE) {
      await writeAll(peer, encode("OK\n"));
      onRetire();
    } else if (word === STATUS) {
      const { buildId } = identity;
      const status = {
        ...{ buildId, pid: Deno.pid, uptimeMs: performance.now() },
        ...{ ...this.load, maxCalls: this.#queue.limit },
        ...metrics.summary(),
      };
      await writeAll(peer, encode(`${JSON.stringify(status)}\n`));
    }
  }

  async #decline(peer: Peer, reason: string): Promise<void> {
    this.#options.metrics.decline(reason);
    await writeAll(peer, encode(DECLINED));
  }

  async #call(peer: Peer, request: ShimRequest): Promise<void> {
    if (this.#isDraining) return await this.#decline(peer, "shutting_down");
    // A shim that is gone has given up: its runtime sends a DEL.
    if (!await writeAll(peer, encode(ACCEPTED))) return;
    const start = performance.now();
    const reply = await this.#dispatch(request);
    this.#record(request, reply, performance.now() - start);
    const isKnown = await writeAll(peer, replyBytes(reply));
    if (!isKnown || reply.status !== 0 || reply.stdout === "") return;
    if (await this.#isTaken(peer)) return;
    const undone = await this.#takeBack(request);
    await writeAll(peer, replyBytes(undone));
  }

  /** Whether the shim could write the reply: it says so if not. */
  async #isTaken(peer: Peer): Promise<boolean> {
    using _place = this.#queue.lend();
    const limit = setTimeout(() => closeQuietly(peer), TAKEN_TIMEOUT_MS);
    const answer = new Uint8Array(1);
    const length = await peer.read(answer).catch(() => null);
    clearTimeout(limit);
    return length !== 1 || answer[0] !== TAKE_BACK.charCodeAt(0);
  }

  /** As the program itself does where nobody learns of an ADD's result. */
  async #takeBack(request: ShimRequest): Promise<Reply> {
    const failed = { status: 1, stdout: "", stderr: "" };
    if (request.environment.command !== "ADD") return failed;
    const del = (environment: ShimRequest["environment"]) =>
      this.#dispatch({ ...request, environment });
    return { ...failed, stderr: await takeBack(request.environment, del) };
  }

  async #dispatch(request: ShimRequest): Promise<Reply> {
    const { registry, self } = this.#options;
    const { applet, environment, stdin, isTraced } = request;
    const lines: string[] = [];
    const warn = (message: string) => void lines.push(`${message}\n`);
    if (isTraced) startTrace((line) => lines.push(line), performance.now());
    const exec = this.#execFor(request);
    const context = createContext({ registry, self, warn, exec });
    try {
      const plugin = await registry.get(applet)!();
      const readStdin = () => Promise.resolve(stdin);
      const reply = await dispatch(plugin, environment, { readStdin, context });
      return { ...reply, stderr: lines.join("") + reply.stderr };
    } finally {
      if (isTraced) startTrace();
    }
  }

  /** Runs plugins of others as the caller would; they may take their time. */
  #execFor({ variables, cwd }: ShimRequest): typeof execPlugin {
    const surroundings = cwd.startsWith("/")
      ? { variables, cwd }
      : { variables };
    return async (file, call, options) => {
      using _place = this.#queue.lend();
      return await execPlugin(file, call, { ...options, ...surroundings });
    };
  }

  #record(request: ShimRequest, reply: Reply, durationMs: number): void {
    const { applet: plugin, environment } = request;
    const { command, containerId, ifname } = environment;
    const { code, message } = errorOf(reply);
    this.#options.metrics.record({ plugin, command, code, durationMs });
    const attachment = [containerId, ifname].filter(Boolean).join("/");
    const call = { plugin, command, attachment, durationMs };
    this.#options.log({ ...call, code, message });
  }
}

/** Calls of one attachment never overlap; others know no order. */
function keyOf({ environment }: ShimRequest): string | undefined {
  const { containerId, ifname } = environment;
  return containerId === "" ? undefined : `${containerId} ${ifname}`;
}

function errorOf(
  { status, stdout }: Reply,
): { readonly code: number; readonly message: string } {
  if (status === 0) return { code: 0, message: "" };
  try {
    const { code = 999, msg = "" } = JSON.parse(stdout);
    return { code, message: String(msg) };
  } catch {
    return { code: 999, message: "" };
  }
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function closeQuietly(peer: Peer): void {
  try {
    peer.close();
  } catch {
    // It was closed before.
  }
}
