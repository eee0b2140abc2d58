import type { Comparison, Contest, Side, Unit } from "./contest.ts";
import { measure } from "./measure.ts";

/** How a contest is run. */
export interface ContestOptions {
  /** How often each side does its acts. */
  readonly rounds: number;
  /** Ends the rounds when aborted. */
  readonly signal: AbortSignal;
}

/** Memory hardly varies, and processor time little. */
const OTHER_ROUNDS = 5;

/**
 * Has the sides do their acts in turn, so that all see the same machine, and
 * compares the first with each other one.
 */
export async function runContest(
  contest: Contest,
  options: ContestOptions,
): Promise<readonly Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const unit of contest.units ?? ["ms" as const]) {
    comparisons.push(...await compareIn(unit, contest, options));
  }
  return comparisons;
}

/** What a side's acts have measured, round by round. */
type Series = Map<string, number[]>;

async function compareIn(
  unit: Unit,
  contest: Contest,
  { rounds, signal }: ContestOptions,
): Promise<readonly Comparison[]> {
  const { sides, maxRounds = Infinity, title } = contest;
  const most = unit === "ms" ? maxRounds : Math.min(maxRounds, OTHER_ROUNDS);
  const all = new Map<Side, Series>(sides.map((side) => [side, new Map()]));
  // Rounds below zero fill the caches and are not counted.
  const warmUps = unit === "ms" && maxRounds === Infinity ? 2 : 1;
  for (let round = -warmUps; round < Math.min(rounds, most); round++) {
    for (const [side, series] of all) {
      const values = await runRound(side, { unit, signal, contest });
      if (round < 0) continue;
      for (const [act, value] of values) {
        series.set(act, [...series.get(act) ?? [], value]);
      }
    }
  }
  const [ours = new Map<string, number[]>(), ...others] = all.values();
  return others.flatMap((other, index) =>
    [...ours].map(([act, values]) => ({
      title: `${act} ${title}`.trim(),
      unit,
      ours: values,
      other: other.get(act) ?? [],
      otherName: sides[index + 1]?.name ?? "",
    }))
  );
}

/** One round of a side: what each of its acts measures. */
async function runRound(
  side: Side,
  { unit, signal, contest }: {
    readonly unit: Unit;
    readonly signal: AbortSignal;
    readonly contest: Contest;
  },
): Promise<ReadonlyMap<string, number>> {
  const values = new Map<string, number>();
  for (const [name, act] of Object.entries(side.acts)) {
    signal.throwIfAborted();
    values.set(name, await measure(act, unit, side.background));
  }
  if (contest.hasSum && unit !== "MiB") {
    const total = [...values.values()].reduce((sum, value) => sum + value, 0);
    values.set([...values.keys()].join(" + "), total);
  }
  return values;
}
