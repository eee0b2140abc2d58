import {
  type Command,
  type Output,
  runFaithfully,
  Shell,
  type ShellLike,
  type ShellSource,
} from "../lib/linux/mod.ts";

/** How many idle shells are kept. */
const MAX_IDLE = 16;

/**
 * Keeps shells of the host warm. Each is handed to one user at a time, whole,
 * and comes back when its commands have ended; one that has ended is thrown
 * away. Commands in a container's namespace are started from such a shell too:
 * a process that starts from a shell is cheaper than one that starts from here.
 */
export class ShellPool implements ShellSource, AsyncDisposable {
  readonly #idle: Shell[] = [];
  #entering = "nsenter";

  /**
   * Has another program take nsenter's place, with its words, if it can: one
   * that starts faster.
   *
   * @param program A path, or a name to look up.
   */
  async enterBy(program: string): Promise<void> {
    const args = ["--net=/proc/self/ns/net", "--", "true"];
    const { status } = await this.run({ program, args })
      .catch(() => ({ status: 1 }));
    if (status === 0) this.#entering = program;
  }

  /** Starts some shells before they are needed. */
  warm(count: number): void {
    while (this.#idle.length < count) this.#idle.push(new Shell());
  }

  take(netns?: string): ShellLike {
    const shell = this.#idle.pop() ?? new Shell();
    if (netns === undefined) return shell;
    return new EnteringShell(shell, netns, this.#entering);
  }

  async giveBack(shell: ShellLike): Promise<void> {
    const host = shell instanceof EnteringShell ? shell.host : shell as Shell;
    if (this.#idle.length < MAX_IDLE && await host.isIdle()) {
      this.#idle.push(host);
    } else {
      await host[Symbol.asyncDispose]();
    }
  }

  /** Runs one command in a shell of its own. */
  readonly run = async (command: Command): Promise<Output> => {
    const shell = this.take(command.netns);
    try {
      return await shell.run(command);
    } finally {
      // Nobody waits for it: the caller has what it wants.
      this.giveBack(shell).catch(() => {});
    }
  };

  /** Ends all idle shells. */
  async [Symbol.asyncDispose](): Promise<void> {
    const idle = this.#idle.splice(0);
    await Promise.all(idle.map((shell) => shell[Symbol.asyncDispose]()));
  }
}

/** Runs each command in a network namespace, from a shell of the host. */
class EnteringShell implements ShellLike {
  constructor(
    readonly host: Shell,
    readonly netns: string,
    readonly entering: string,
  ) {}

  run(command: Command): Promise<Output> {
    return runFaithfully(command, (one) => {
      const { netns: _netns, program, args, ...rest } = one;
      return this.host.run({
        ...rest,
        program: this.entering,
        args: [`--net=${this.netns}`, "--", program, ...args],
      });
    });
  }
}
