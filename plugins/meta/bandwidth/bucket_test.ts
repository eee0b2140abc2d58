import { assert, assertEquals } from "@std/assert";
import { bucketOf, isBucketOf } from "./bucket.ts";
import type { Limit } from "./config.ts";

/** A limit by its bits. */
function limitOf(rateBits: number, burstBits: number): Limit {
  return {
    rateBytes: Math.floor(rateBits / 8),
    burstBytes: Math.floor(burstBits / 8),
  };
}

Deno.test("bucketOf() has the Go plugin's numbers", async (t) => {
  const cases: Record<string, readonly [Limit, readonly number[]]> = {
    "an odd rate": [limitOf(123456789, 1e6), [15432098, 125000, 510802]],
    "a megabit": [limitOf(1e6, 1e5), [125000, 12500, 15625]],
    // 80 ns for a byte, and whole microseconds only.
    "a burst that is cut": [limitOf(1e8, 8 * 1_000_012), [
      ...[12_500_000, 1_000_000, 1_312_512],
    ]],
    "a byte longer than a tick": [limitOf(8e3 + 8, 8 * 1_000_001), [
      ...[1001, 1_000_001, 1_000_026],
    ]],
    "a queue beyond 32 bits, and a burst that is cut": [
      limitOf(8e13, 8 * (2 ** 32 - 2)),
      [
        ...[1e13, 4_289_922_294, 2 ** 32 - 1],
      ],
    ],
    "a burst of hours": [limitOf(8, 8 * (2 ** 32 - 2)), [
      ...[1, 2 ** 32 - 2, 2 ** 32 - 2],
    ]],
  };
  for (const [why, [limit, expected]] of Object.entries(cases)) {
    await t.step(why, () => {
      assertEquals<unknown>(Object.values(bucketOf(limit)), expected);
    });
  }
});

Deno.test("isBucketOf() knows either plugin's bucket, and no other", async (t) => {
  const limit = limitOf(123456789, 1e6);
  const shown = {
    rateBytes: 15432098,
    bufferTicks: 0x1ee62,
    limitBytes: 510802,
  };
  const cases = {
    "the same": [shown, true],
    "another rate": [{ ...shown, rateBytes: 15432099 }, false],
    "another burst": [{ ...shown, bufferTicks: 0x1ee63 }, false],
    "another queue": [{ ...shown, limitBytes: 510803 }, false],
    "nothing known": [
      { rateBytes: 0, bufferTicks: NaN, limitBytes: NaN },
      false,
    ],
  } as const;
  for (const [why, [bucket, expected]] of Object.entries(cases)) {
    await t.step(why, () => {
      assertEquals(isBucketOf(limit, bucket), expected);
    });
  }
  await t.step("either's burst where they differ", () => {
    // 999 µs for a byte: 1000 bytes last 999000.999 µs.
    const odd = { rateBytes: 1001, burstBytes: 1000 };
    const common = { rateBytes: 1001, limitBytes: 1025 };
    const go = Math.trunc(999_000 * 15.625);
    const own = Math.trunc(1000 / 1001 * 1e9 / 64);
    assert(isBucketOf(odd, { ...common, bufferTicks: go }));
    assert(isBucketOf(odd, { ...common, bufferTicks: own }));
  });
});
