/** A program to run to its end, or to its limit. */
export interface ChildCommand {
  /** The program and its arguments; no shell reads them. */
  readonly words: readonly string[];
  /** Nothing when absent. */
  readonly stdin?: string | Uint8Array;
  /** All variables that it gets; those of this program when absent. */
  readonly env?: Readonly<Record<string, string>>;
  /** Ended, with all that it started, after so many milliseconds. */
  readonly limitMs?: number;
  /** Ended likewise when aborted. */
  readonly signal?: AbortSignal | undefined;
}

/** How a child ended. */
export interface ChildOutput {
  /** Exit status; 128 and more for a signal. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether it was ended for its time, or for writing without an end. */
  readonly timedOut: boolean;
  readonly timeMs: number;
}

/** The limit of helpers such as `ip`, which answer at once. */
const HELPER_LIMIT_MS = 30_000;

/** More than any plugin has to say, in bytes. */
const OUTPUT_LIMIT = 4 << 20;

/** How long a killed child's descendants may hold its output open. */
const GRACE_MS = 500;

/**
 * Runs a program in a process group of its own. Whatever it does, this comes
 * back: at its limit, and when it writes without an end, the group is killed.
 *
 * @throws {Deno.errors.NotFound} If there is no such program.
 */
export async function runChild(command: ChildCommand): Promise<ChildOutput> {
  const { words, stdin = "", env, limitMs = HELPER_LIMIT_MS, signal } = command;
  signal?.throwIfAborted();
  const [program = "", ...args] = words;
  const start = performance.now();
  const child = new Deno.Command(program, {
    args,
    ...(env === undefined ? {} : { env: { ...env }, clearEnv: true }),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  }).spawn();
  const watch = new Watch(child, limitMs, signal);
  const stdout = collect(child.stdout, () => watch.end());
  const stderr = collect(child.stderr, () => watch.end());
  await Promise.race([
    Promise.all([child.status, stdout.ended, stderr.ended]),
    feed(child.stdin, stdin).then(() => watch.ended),
    watch.ended,
  ]);
  const timedOut = watch.stop();
  stdout.giveUp();
  stderr.giveUp();
  const { code } = await child.status;
  signal?.throwIfAborted();
  return {
    status: code,
    stdout: stdout.text(),
    stderr: stderr.text(),
    timedOut,
    timeMs: performance.now() - start,
  };
}

/** What `setTimeout` returns. */
type Timer = ReturnType<typeof setTimeout>;

/** Ends a child when it is time. */
class Watch {
  /** Resolves a moment after the child was ended, never otherwise. */
  readonly ended: Promise<void>;
  readonly #child: Deno.ChildProcess;
  readonly #timer: Timer;
  readonly #signal: AbortSignal | undefined;
  readonly #resolve: () => void;
  #grace: Timer | undefined;

  constructor(
    child: Deno.ChildProcess,
    limitMs: number,
    signal: AbortSignal | undefined,
  ) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#resolve = resolve;
    this.#child = child;
    this.#timer = setTimeout(this.end, limitMs);
    this.#signal = signal;
    signal?.addEventListener("abort", this.end);
  }

  /** Kills the child and all that it started. */
  readonly end = (): void => {
    if (this.#grace !== undefined) return;
    killGroup(this.#child.pid);
    this.#grace = setTimeout(this.#resolve, GRACE_MS);
  };

  /** Is over; returns whether the child was ended. */
  stop(): boolean {
    clearTimeout(this.#timer);
    clearTimeout(this.#grace);
    this.#signal?.removeEventListener("abort", this.end);
    return this.#grace !== undefined;
  }
}

/** Kills a process group; one that has ended is no reason to complain. */
export function killGroup(pid: number): void {
  try {
    Deno.kill(-pid, "SIGKILL");
  } catch (error) {
    const isGone = error instanceof Deno.errors.NotFound ||
      error instanceof TypeError;
    if (!isGone) throw error;
  }
}

/** Reads a stream to its end, as far as the limit. */
function collect(stream: ReadableStream<Uint8Array>, onFull: () => void) {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  const read = async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.length;
      if (length > OUTPUT_LIMIT) return onFull();
      text += decoder.decode(value, { stream: true });
    }
  };
  return {
    ended: read().catch(() => {}),
    text: () => text + decoder.decode(),
    giveUp: () => void reader.cancel().catch(() => {}),
  };
}

async function feed(
  stdin: WritableStream<Uint8Array>,
  text: string | Uint8Array,
): Promise<void> {
  const bytes = typeof text === "string"
    ? new TextEncoder().encode(text)
    : text;
  const writer = stdin.getWriter();
  try {
    if (bytes.length > 0) await writer.write(bytes);
    await writer.close();
  } catch {
    // A program need not read its input.
  }
}
