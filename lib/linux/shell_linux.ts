import { traced } from "../trace/mod.ts";
import {
  type Command,
  commandText,
  isScript,
  type Output,
  ProgramMissingError,
  spawnProgram,
} from "./command.ts";
import { quote } from "./quote.ts";
import { runFaithfully } from "./run_faithfully.ts";

/** How a shell, or nsenter in it, says that it found no such program. */
const MISSING = /([\w.-]+): (?:command )?not found|failed to execute ([\w.-]+)/;

/** The exit status by which a shell says that it found no such program. */
const NOT_FOUND = 127;

/**
 * A shell that stays, in one network namespace, and runs commands one after
 * another. It spares each of them what starting a process from here costs.
 */
export class Shell implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;
  readonly #stdout: MarkedReader;
  readonly #stderr: MarkedReader;
  #last: Promise<unknown> = Promise.resolve();
  #count = 0;
  #hasEnded = false;

  /**
   * Starts a shell.
   *
   * @param netns Path of its network namespace; this program's when absent.
   */
  constructor(netns?: string) {
    const shell = ["sh", "-s"];
    const [program = "", ...args] = netns === undefined
      ? shell
      : ["nsenter", `--net=${netns}`, "--", ...shell];
    this.#child = spawnProgram(program, args);
    this.#stdin = this.#child.stdin.getWriter();
    this.#stdout = new MarkedReader(this.#child.stdout);
    this.#stderr = new MarkedReader(this.#child.stderr);
  }

  /**
   * Runs a command when those before it have ended.
   *
   * @throws {ProgramMissingError} If there is no such program.
   */
  run(command: Command): Promise<Output> {
    return runFaithfully(command, (one) => this.#runOnce(one));
  }

  #runOnce(command: Command): Promise<Output> {
    const mark = `@cni-${this.#count++}`;
    // Written at once: the shell reads the next command when it is through
    // with the last one.
    const written = this.#write(shellText(command, mark));
    // A trace times it from when those before it have ended.
    const output = this.#last.then(() =>
      traced(
        () => commandText(command),
        () => this.#read(command, mark, written),
      )
    );
    this.#last = output.catch(() => {});
    return output;
  }

  /** Waits until its commands have ended; `false` if the shell has, too. */
  async isIdle(): Promise<boolean> {
    await this.#last;
    return !this.#hasEnded;
  }

  /** Ends the shell when its commands have ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#last;
    // A shell that has ended before closes its stdin by itself.
    await this.#stdin.close().catch(() => {});
    await Promise.all([
      this.#stdout.cancel(),
      this.#stderr.cancel(),
      this.#child.status,
    ]);
  }

  // A shell that has ended says why on stderr.
  #write(text: string): Promise<void> {
    const bytes = new TextEncoder().encode(text);
    return this.#stdin.write(bytes).catch(ignoreBrokenPipe);
  }

  async #read(
    { program }: Command,
    mark: string,
    written: Promise<void>,
  ): Promise<Output> {
    const [stdout, stderr] = await Promise.all([
      this.#stdout.readTo(mark),
      this.#stderr.readTo(mark),
      written,
    ]);
    // Without a mark the shell is gone: nsenter could not enter.
    this.#hasEnded ||= stdout.rest === undefined;
    const status = stdout.rest === undefined
      ? (await this.#child.status).code || 1
      : Number(stdout.rest);
    const missing = status === NOT_FOUND ? MISSING.exec(stderr.text) : null;
    if (missing !== null) {
      const [, name = missing[2] ?? program] = missing;
      throw new ProgramMissingError(name, stderr.text);
    }
    return { status, stdout: stdout.text, stderr: stderr.text };
  }
}

/**
 * How much is read at a time. Without a buffer of its own each read would take
 * 64 KiB, which a daemon keeps until it collects garbage.
 */
const CHUNK_BYTES = 4096;

/** Reads a stream piece by piece, each up to a line that holds its mark. */
class MarkedReader {
  readonly #reader: ReadableStreamBYOBReader;
  readonly #decoder = new TextDecoder();
  #buffer = "";
  #chunk: Uint8Array<ArrayBuffer> = new Uint8Array(CHUNK_BYTES);

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader({ mode: "byob" });
  }

  /**
   * Reads up to the mark.
   *
   * @returns What stood before it, and the rest of its line; `undefined` as
   * the rest if the stream ended before.
   */
  async readTo(mark: string): Promise<{ text: string; rest?: string }> {
    const start = `\n${mark} `;
    for (;;) {
      const begin = this.#buffer.indexOf(start);
      const end = begin === -1 ? -1 : this.#buffer.indexOf("\n", begin + 1);
      if (end !== -1) {
        const text = this.#buffer.slice(0, begin);
        const rest = this.#buffer.slice(begin + start.length, end);
        this.#buffer = this.#buffer.slice(end + 1);
        return { text, rest };
      }
      const { done, value } = await this.#reader.read(this.#chunk);
      const text = this.#decoder.decode(value, { stream: true });
      // The memory that was read into comes back with what was read.
      this.#chunk = new Uint8Array(
        value?.buffer ?? new ArrayBuffer(CHUNK_BYTES),
      );
      if (done) return { text: this.#buffer };
      this.#buffer += text;
    }
  }

  /** Stops reading. */
  cancel(): Promise<void> {
    return this.#reader.cancel();
  }
}

/**
 * A command as the shell reads it, followed by what writes the mark, with the
 * exit status on stdout. A script (`sh -s`) runs in the shell itself.
 */
export function shellText(command: Command, mark: string): string {
  const { program, args, stdin } = command;
  const text = isScript(command)
    ? `(\n${stdin}\n) </dev/null`
    : [program, ...args].map(quote).join(" ") + hereDocument(stdin, mark);
  return `${text}\nprintf '\\n${mark} %s\\n' $?\necho '\n${mark} ' >&2\n`;
}

// Every command gets a stdin of its own, or it would eat what follows.
function hereDocument(stdin: string | undefined, mark: string): string {
  if (!stdin) return " </dev/null";
  const newline = stdin.endsWith("\n") ? "" : "\n";
  return ` <<'${mark}'\n${stdin}${newline}${mark}`;
}

function ignoreBrokenPipe(error: unknown): void {
  if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
}
