import type { Command, Output, Run } from "../lib/linux/mod.ts";
import { joinIptables, joinNft } from "./join_scripts.ts";

/** A transaction that waits for its turn. */
interface Waiting {
  readonly command: Command;
  readonly run: Run;
  readonly resolve: (output: Output | Promise<Output>) => void;
}

/** The calls that transactions come from. */
export interface Crowd {
  /** Whether more calls are here than run at a time. */
  readonly isCrowded: boolean;
  /** How many calls run. */
  readonly running: number;
  /** Lends the place of a call that only waits. */
  lend(): Disposable;
}

/** Calls that come one by one. */
const NO_CROWD: Crowd = {
  isCrowded: false,
  running: 0,
  lend: () => ({ [Symbol.dispose]: () => {} }),
};

/** How many transactions go into one at most. */
const MAX_JOINED = 64;

/** How long a transaction waits for others while there is a crowd of calls. */
const GATHER_MS = 250;

/** How often it looks whether enough have come. */
const GATHER_STEP_MS = 10;

/**
 * Does the firewall transactions of several calls as few: those that come
 * while one of the same program is under way go into the next together. If
 * that fails, its halves are done apart, and so on: only the guilty ones fail.
 * Where more calls are waiting than can run, a transaction waits a moment for
 * theirs; else it starts at once.
 */
export class GroupCommit {
  readonly #queues = new Map<string, Waiting[]>();
  readonly #crowd: Crowd;

  /** @param crowd The calls that transactions come from. */
  constructor(crowd: Crowd = NO_CROWD) {
    this.#crowd = crowd;
  }

  /** Does a transaction; a `Commit` that can be passed on. */
  readonly commit = async (command: Command, run: Run): Promise<Output> => {
    using _place = this.#crowd.lend();
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
    return await promise;
  };

  async #work(key: string): Promise<void> {
    for (;;) {
      const queue = this.#queues.get(key)!;
      // Without a crowd the first starts before this returns.
      if (this.#crowd.isCrowded) await this.#gather(queue);
      const group = queue.splice(0, MAX_JOINED);
      if (group.length === 0) break;
      await doJointly(group);
    }
    this.#queues.delete(key);
  }

  async #gather(queue: readonly Waiting[]): Promise<void> {
    const crowd = this.#crowd;
    for (let ms = 0; ms < GATHER_MS; ms += GATHER_STEP_MS) {
      const isAll = queue.length >= Math.min(crowd.running, MAX_JOINED);
      if (queue.length === 0 || isAll || !crowd.isCrowded) return;
      await new Promise((resolve) => setTimeout(resolve, GATHER_STEP_MS));
    }
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
