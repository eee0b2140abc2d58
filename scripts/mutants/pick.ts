/** What {@linkcode pickInTurn} picks from. */
export interface PickOptions {
  /** The same seed picks the same. */
  readonly seed: number;
}

/**
 * Goes through the items of several groups in an order by chance: one of each
 * group, then another of each, so that a large group gets no more than others.
 */
export function* pickInTurn<T>(
  groups: readonly (readonly T[])[],
  { seed }: PickOptions,
): Generator<T> {
  const random = mulberry32(seed);
  const rest = groups.map((group) => shuffled(group, random));
  for (let turn = 0; rest.some((group) => turn < group.length); turn++) {
    const round = rest.flatMap((group) => group.slice(turn, turn + 1));
    yield* shuffled(round, random);
  }
}

function shuffled<T>(items: readonly T[], random: () => number): readonly T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other]!, result[last]!];
  }
  return result;
}

/** Numbers from 0 to below 1, by Tommy Ettinger's generator. */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
