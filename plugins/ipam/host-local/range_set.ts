import {
  type Address,
  compareAddresses,
  offsetAddress,
} from "../../../lib/net/mod.ts";
import {
  type Key,
  listKey,
  mappedKey,
  type NestFacts,
} from "../../../lib/plugin/mod.ts";
import { CniCode, CniError, invalidValue } from "../../../lib/spec/mod.ts";
import {
  type AddressRange,
  formatRange,
  isInRange,
  RANGE_KEY,
  rangesOverlap,
} from "./range.ts";

/** Ranges of one family, of which every ADD takes one address. */
export interface RangeSet {
  /** Where it stands in the configuration: `ipam.ranges[0]`. */
  readonly key: string;
  /** At least one, none overlapping another. */
  readonly ranges: readonly AddressRange[];
}

const SET_EXPECTED = 'a list with a range such as {"subnet": "10.1.0.0/16"}';

const RANGE_SET_KEY: Key<RangeSet | undefined> = mappedKey(
  listKey(RANGE_KEY, {
    description: "Ranges of one family",
    expected: SET_EXPECTED,
  }),
  (ranges, path) => {
    if (ranges.length > 0) return { key: path, ranges };
    throw invalidValue(path, ranges, SET_EXPECTED);
  },
);

/** A list of range sets. */
export function rangeSetsKey(
  facts: NestFacts,
): Key<readonly RangeSet[] | undefined> {
  return listKey(RANGE_SET_KEY, { holds: "list of range sets", ...facts });
}

/**
 * Refuses sets that mix families or overlap, in themselves or with another.
 *
 * @throws {CniError} Code 7.
 */
export function checkRangeSets(sets: readonly RangeSet[]): void {
  for (const [index, set] of sets.entries()) {
    checkWithin(set);
    for (const [earlierIndex, earlier] of sets.slice(0, index).entries()) {
      if (!setsOverlap(earlier, set)) continue;
      throw refusal(
        set,
        `range set ${index} (${formatRangeSet(set)}) overlaps with range set ` +
          `${earlierIndex} (${earlier.key}, ${formatRangeSet(earlier)}): ` +
          "give each address to one of them",
      );
    }
  }
}

/** The range that can hand out `address`, if one can. */
export function rangeFor(
  set: RangeSet,
  address: Address,
): AddressRange | undefined {
  return set.ranges.find((range) => isInRange(range, address));
}

/** Writes the intervals of a set, joined by `,`. */
export function formatRangeSet(set: RangeSet): string {
  return set.ranges.map(formatRange).join(",");
}

/** The family of all addresses of a set. */
export function familyOf(set: RangeSet): 4 | 6 {
  return set.ranges[0]!.start.family;
}

/**
 * All addresses of a set once, each with its range: from the one after `last`
 * on, range by range, round to `last` itself. If `last` is in no range, from
 * the first.
 */
export function* addressesAfter(
  set: RangeSet,
  last: Address | undefined,
): Generator<readonly [Address, AddressRange]> {
  const { ranges } = set;
  const at = last === undefined
    ? -1
    : ranges.findIndex((range) => isInRange(range, last));
  if (last === undefined || at < 0) {
    for (const range of ranges) yield* interval(range, range.start, range.end);
    return;
  }
  const range = ranges[at]!;
  const next = offsetAddress(last, 1n);
  if (next !== undefined) yield* interval(range, next, range.end);
  for (const other of [...ranges.slice(at + 1), ...ranges.slice(0, at)]) {
    yield* interval(other, other.start, other.end);
  }
  yield* interval(range, range.start, last);
}

function* interval(
  range: AddressRange,
  start: Address,
  end: Address,
): Generator<readonly [Address, AddressRange]> {
  let address: Address | undefined = start;
  while (address !== undefined && compareAddresses(address, end) <= 0) {
    yield [address, range];
    address = offsetAddress(address, 1n);
  }
}

function checkWithin(set: RangeSet): void {
  for (const [index, range] of set.ranges.entries()) {
    if (range.start.family !== familyOf(set)) {
      throw refusal(
        set,
        `${formatRangeSet(set)} has mixed address families: ` +
          "make one set for IPv4 and another for IPv6",
      );
    }
    const earlier = set.ranges.slice(0, index)
      .find((other) => rangesOverlap(other, range));
    if (earlier === undefined) continue;
    throw refusal(
      set,
      `range ${formatRange(range)} overlaps with ${formatRange(earlier)}: ` +
        "give each address to one of them",
    );
  }
}

function setsOverlap(a: RangeSet, b: RangeSet): boolean {
  return a.ranges.some((one) =>
    b.ranges.some((other) => rangesOverlap(one, other))
  );
}

function refusal(set: RangeSet, reason: string): CniError {
  return new CniError(CniCode.InvalidConfig, `Cannot use ${set.key}`, {
    details: `in ${set.key}, ${reason}`,
  });
}
