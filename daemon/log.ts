import type { LogLine } from "./server.ts";

/** What is written: failures of the daemon; of calls too; every call. */
export const LOG_LEVELS = ["error", "warn", "info"] as const;

/** One of {@linkcode LOG_LEVELS}. */
export type LogLevel = typeof LOG_LEVELS[number];

/** How many lines may wait for whoever reads them; later ones are dropped. */
const MAX_WAITING = 4096;

/** Writes lines without waiting for whoever reads them. */
export class Log {
  readonly #level: LogLevel;
  readonly #write: (bytes: Uint8Array) => Promise<number>;
  #waiting: string[] = [];
  #isWriting = false;
  #dropped = 0;

  /** @param write Writes some of the bytes; tells how many. */
  constructor(
    level: LogLevel,
    write: (bytes: Uint8Array) => Promise<number>,
  ) {
    this.#level = level;
    this.#write = write;
  }

  /** Writes what the daemon has to say of itself. */
  say(text: string): void {
    if (this.#waiting.length >= MAX_WAITING) {
      this.#dropped++;
      return;
    }
    this.#waiting.push(`${text}\n`);
    if (!this.#isWriting) void this.#drain();
  }

  /** Writes a call's line, if the level asks for it. */
  call({ plugin, command, attachment, durationMs, code, message }: LogLine) {
    const isWanted = this.#level === "info" ||
      (this.#level === "warn" && code !== 0);
    if (!isWanted) return;
    const reason = message === "" ? "" : ` msg=${JSON.stringify(message)}`;
    this.say(
      `plugin=${word(plugin)} command=${word(command)} ` +
        `attachment=${word(attachment)} duration_ms=${
          durationMs.toFixed(1)
        } code=${code}${reason}`,
    );
  }

  async #drain(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      let text = this.#waiting.join("");
      this.#waiting = [];
      if (this.#dropped > 0) text += `dropped ${this.#dropped} lines\n`;
      this.#dropped = 0;
      let bytes = new TextEncoder().encode(text);
      try {
        while (bytes.length > 0) {
          bytes = bytes.subarray(await this.#write(bytes));
        }
      } catch {
        // No one reads any more: calls go on all the same.
      }
    }
    this.#isWriting = false;
  }
}

/** A caller's text, so that it cannot pass for another field or line. */
function word(text: string): string {
  if (text === "") return "-";
  return /^[\w./:@-]+$/.test(text) ? text : JSON.stringify(text);
}
