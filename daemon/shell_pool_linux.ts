import {
  type Command,
  type Output,
  Shell,
  type ShellSource,
} from "../lib/linux/mod.ts";

/** How many idle shells are kept. */
const MAX_IDLE = 8;

/**
 * Keeps shells of the host warm. Each is handed to one user at a time, whole,
 * and comes back when its commands have ended; one that has ended, or was in a
 * container's namespace, is thrown away.
 */
export class ShellPool implements ShellSource, AsyncDisposable {
  readonly #idle: Shell[] = [];

  /** Starts some shells before they are needed. */
  warm(count: number): void {
    while (this.#idle.length < count) this.#idle.push(new Shell());
  }

  take(netns?: string): Shell {
    if (netns !== undefined) return new Shell(netns);
    return this.#idle.pop() ?? new Shell();
  }

  async giveBack(shell: Shell): Promise<void> {
    const isKept = shell.netns === undefined &&
      this.#idle.length < MAX_IDLE && await shell.isIdle();
    if (isKept) this.#idle.push(shell);
    else await shell[Symbol.asyncDispose]();
  }

  /** Runs one command in a shell of its own. */
  readonly run = async (command: Command): Promise<Output> => {
    const shell = this.take(command.netns);
    try {
      return await shell.run(command);
    } finally {
      await this.giveBack(shell);
    }
  };

  /** Ends all idle shells. */
  async [Symbol.asyncDispose](): Promise<void> {
    const idle = this.#idle.splice(0);
    await Promise.all(idle.map((shell) => shell[Symbol.asyncDispose]()));
  }
}
