import type { Command, Output, Run } from "../lib/linux/mod.ts";
import { joinIptables, joinNft } from "./join_scripts.ts";

/** A transaction that waits for its turn. */
interface Waiting {
  readonly command: Command;
  readonly run: Run;
  readonly resolve: (output: Output | Promise<Output>) => void;
}

/** How many transactions go into one at most. */
const MAX_JOINED = 64;

/**
 * Does the firewall transactions of several calls as few: those that come
 * while one of the same program is under way go into the next together. If
 * that fails, its halves are done apart, and so on: only the guilty ones fail.
 */
export class GroupCommit {
  readonly #queues = new Map<string, Waiting[]>();

  /** Does a transaction; a `Commit` that can be passed on. */
  readonly commit = (command: Command, run: Run): Promise<Output> => {
    const key = [command.program, ...command.args, command.netns].join(" ");
    const { promise, resolve } = Promise.withResolvers<Output>();
    const waiting = { command, run, resolve };
    const queue = this.#queues.get(key);
    if (queue === undefined) {
      this.#queues.set(key, [waiting]);
      void this.#work(key);
    } else {
      queue.push(waiting);
    }
    return promise;
  };

  async #work(key: string): Promise<void> {
    for (;;) {
      const group = this.#queues.get(key)!.splice(0, MAX_JOINED);
      if (group.length === 0) break;
      await doJointly(group);
    }
    this.#queues.delete(key);
  }
}

/** Resolves each of them; never throws. */
async function doJointly(group: readonly Waiting[]): Promise<void> {
  const [first] = group;
  if (first === undefined) return;
  const done = first.run(joint(group.map(({ command }) => command)));
  if (group.length === 1) {
    first.resolve(done);
    await done.catch(() => {});
    return;
  }
  const output = await done.catch(() => undefined);
  if (output?.status === 0) {
    for (const { resolve } of group) resolve(output);
    return;
  }
  const half = Math.ceil(group.length / 2);
  await doJointly(group.slice(0, half));
  await doJointly(group.slice(half));
}

function joint(commands: readonly Command[]): Command {
  const [first] = commands;
  if (commands.length === 1) return first!;
  const scripts = commands.map(({ stdin = "" }) => stdin);
  const join = first!.program === "nft" ? joinNft : joinIptables;
  return { ...first!, stdin: join(scripts) };
}
