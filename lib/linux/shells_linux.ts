import type { Command, Output } from "./command.ts";
import { type ShellLike, shellSource } from "./shell_source_linux.ts";

/**
 * Runs commands in shells that stay: one for the host and one for each network
 * namespace, started by its first command. To be disposed of at the end.
 *
 * @example Read the host's links
 * ```ts
 * import { assertEquals } from "@std/assert";
 * await using shells = new Shells();
 * const { status } = await shells.run({ program: "true", args: [] });
 * assertEquals(status, 0);
 * ```
 */
export class Shells implements AsyncDisposable {
  readonly #shells = new Map<string | undefined, ShellLike>();
  readonly #aside: ShellLike[] = [];

  /** Runs a command; a `Run` that can be passed on. */
  readonly run = async (command: Command): Promise<Output> =>
    await this.#shellAt(command.netns).run(command);

  /** Starts the host's shell before its first command is known. */
  start(): void {
    this.#shellAt(undefined);
  }

  /**
   * Starts another shell in the host, for commands that are to run beside
   * those of {@linkcode Shells.run}.
   */
  open(): (command: Command) => Promise<Output> {
    const shell = shellSource().take();
    this.#aside.push(shell);
    return (command) => shell.run(command);
  }

  #shellAt(netns: string | undefined): ShellLike {
    const running = this.#shells.get(netns);
    if (running !== undefined) return running;
    const shell = shellSource().take(netns);
    this.#shells.set(netns, shell);
    return shell;
  }

  /** Ends all shells when their commands have ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    const shells = [...this.#shells.values(), ...this.#aside];
    await Promise.all(shells.map((shell) => shellSource().giveBack(shell)));
  }
}
