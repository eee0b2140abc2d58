import type { Outcome } from "../suite/mod.ts";

/** How {@linkcode runEach} runs. */
export interface RunEachOptions {
  /** How many run at a time; default and least: 1. */
  readonly atATime?: number;
  /** Is told each outcome as soon as it is there. */
  readonly report?: ((outcome: Outcome) => void) | undefined;
  /** When aborted, nothing is begun, and what runs is left. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs `run` for each item, a few at a time.
 *
 * @returns The outcomes, in the order of the items.
 * @throws The reason of the abort, when all that ran has ended.
 */
export async function runEach<Item>(
  items: readonly Item[],
  run: (item: Item, index: number) => Promise<Outcome>,
  { atATime = 1, report, signal }: RunEachOptions,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const rest = items.entries();
  const work = async () => {
    // One iterator for all of them: each takes the next item.
    for (const [index, item] of rest) {
      if (signal?.aborted) return;
      const outcome = await run(item, index);
      if (signal?.aborted) return;
      outcomes[index] = outcome;
      report?.(outcome);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, atATime) }, work));
  signal?.throwIfAborted();
  return outcomes;
}
