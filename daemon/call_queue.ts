/** What {@linkcode CallQueue.run} is told of a call. */
export interface QueuedCall<T> {
  /**
   * Calls of the same key run one after another; those without one run as they
   * come.
   */
  readonly key: string | undefined;
  /** Whether no other call may run beside it. Default: false. */
  readonly isAlone?: boolean;
  /** Does the call. */
  start(): Promise<T>;
}

/** How many calls may have lent their places, for each place there is. */
const LENT_PER_PLACE = 3;

/**
 * Runs calls in the order in which they came, some at a time, and never two of
 * one key at once. A call that waits for another of its key takes no place, and
 * one that waits for something else can lend its place.
 *
 * @example Two at a time
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const queue = new CallQueue(2);
 * const start = () => Promise.resolve("done");
 * assertEquals(await queue.run({ key: "c1", start }), "done");
 * ```
 */
export class CallQueue {
  /** How many calls run at a time. */
  readonly limit: number;
  readonly #waiting: (() => void)[] = [];
  readonly #lastOfKey = new Map<string, Promise<unknown>>();
  readonly #tickets = new Set<number>();
  #nextTicket = 0;
  #running = 0;
  #hasLoner = false;
  #pending = 0;
  #lent = 0;

  /** @param limit How many calls run at a time; at least 1. */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** How many calls wait for their turn. */
  get waiting(): number {
    return this.#pending - this.#running;
  }

  /** How many calls run. */
  get running(): number {
    return this.#running;
  }

  /** Whether more calls are here than run at a time. */
  get isCrowded(): boolean {
    return this.#pending > this.limit;
  }

  /**
   * Lends the place of a call that only waits, for a lock or another program,
   * so that others go on.
   *
   * @returns What takes the place back when disposed of: at once, though there
   * are more calls then for a while.
   */
  lend(): Disposable {
    this.#lent++;
    this.#wake();
    return { [Symbol.dispose]: () => void this.#lent-- };
  }

  /** Runs a call when it is its turn; ends as it ends. */
  async run<T>({ key, isAlone = false, start }: QueuedCall<T>): Promise<T> {
    this.#pending++;
    const before = key === undefined ? undefined : this.#lastOfKey.get(key);
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    if (key !== undefined) this.#lastOfKey.set(key, ended);
    try {
      await before;
      await this.#turn(isAlone);
      try {
        return await start();
      } finally {
        this.#running--;
        if (isAlone) this.#hasLoner = false;
        this.#wake();
      }
    } finally {
      this.#pending--;
      end();
      if (key !== undefined && this.#lastOfKey.get(key) === ended) {
        this.#lastOfKey.delete(key);
      }
    }
  }

  /** Waits for a free place, and takes it. */
  async #turn(isAlone: boolean): Promise<void> {
    // The tickets keep the order, whoever wakes first.
    const ticket = this.#nextTicket++;
    this.#tickets.add(ticket);
    while (!this.#isTurnOf(ticket, isAlone)) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#tickets.delete(ticket);
    this.#running++;
    this.#hasLoner = isAlone;
    this.#wake();
  }

  /** Each of them looks for itself whether its turn has come. */
  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** How many places are lent, within bounds. */
  #spare(): number {
    return Math.min(this.#lent, LENT_PER_PLACE * this.limit);
  }

  #isTurnOf(ticket: number, isAlone: boolean): boolean {
    const [first] = this.#tickets;
    return first === ticket && !this.#hasLoner &&
      this.#running < (isAlone ? 1 : this.limit + this.#spare());
  }
}
