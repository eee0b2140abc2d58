import type { Limit } from "./config.ts";

/** A token bucket (`tc-tbf`) as it is asked of the kernel. */
export interface Bucket {
  /** Bytes per second. */
  readonly rateBytes: number;
  /** The size of the bucket in bytes. */
  readonly burstBytes: number;
  /** How many bytes may wait for tokens; what comes beyond is dropped. */
  readonly limitBytes: number;
}

/** A token bucket as the kernel shows it. */
export interface ShownBucket {
  readonly rateBytes: number;
  /** The time that fills the bucket, in ticks, in 32 bits. */
  readonly bufferTicks: number;
  readonly limitBytes: number;
}

/** How much waits besides the burst: what the rate brings in 25 ms. */
const LATENCY_MICROSECONDS = 25_000;

/** The kernel shows times in ticks of 64 ns, whatever its clock. */
const TICK_NANOSECONDS = 64n;
const TICKS_PER_MICROSECOND = 15.625;

const UINT32 = 2 ** 32;

/**
 * The bucket of a limit, with the Go plugin's numbers.
 *
 * @example A megabit
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(bucketOf({ rateBytes: 125_000, burstBytes: 12_500 }), {
 *   rateBytes: 125_000,
 *   burstBytes: 12_500,
 *   limitBytes: 15_625,
 * });
 * ```
 */
export function bucketOf(limit: Limit): Bucket {
  return {
    rateBytes: limit.rateBytes,
    burstBytes: burstOf(limit),
    limitBytes: Math.min(queueOf(limit), UINT32 - 1),
  };
}

/** Whether a bucket is that of a limit, made by this plugin or by the Go one. */
export function isBucketOf(limit: Limit, shown: ShownBucket): boolean {
  const { rateBytes, burstBytes, limitBytes } = bucketOf(limit);
  const ownTicks = kernelTicks(rateBytes, burstBytes);
  return shown.rateBytes === rateBytes &&
    [limitBytes, queueOf(limit) % UINT32].includes(shown.limitBytes) &&
    [Number(ownTicks % BigInt(UINT32)), goTicks(limit)]
      .includes(shown.bufferTicks);
}

function queueOf({ rateBytes, burstBytes }: Limit): number {
  return Math.trunc(rateBytes * LATENCY_MICROSECONDS / 1e6) + burstBytes;
}

// The Go plugin tells the kernel a time, cut to whole microseconds, and `tc`
// tells it bytes. So those bytes are told that come to the same time; where a
// byte takes longer than a tick there may be none, and then the burst itself.
function burstOf(limit: Limit): number {
  const { rateBytes, burstBytes } = limit;
  if (hasWrapped(limit)) return burstBytes;
  const ticks = BigInt(goTicks(limit));
  // The fewest bytes that last as long; what is beyond counts as no tick.
  const { multiplier, shift } = kernelClock(rateBytes);
  const scaled = ticks * TICK_NANOSECONDS << shift;
  const bytes = Number((scaled + multiplier - 1n) / multiplier);
  const isSame = bytes > 0 && bytes < 2 ** 32 &&
    kernelTicks(rateBytes, bytes) === ticks;
  return isSame ? bytes : burstBytes;
}

function goTicks(limit: Limit): number {
  const time = microsecondsOf(limit) % UINT32;
  return Math.trunc(time * TICKS_PER_MICROSECOND) % UINT32;
}

/** Whether the time does not fit into the Go plugin's 32 bits. */
function hasWrapped(limit: Limit): boolean {
  return microsecondsOf(limit) * TICKS_PER_MICROSECOND >= UINT32;
}

function microsecondsOf({ rateBytes, burstBytes }: Limit): number {
  return Math.trunc(burstBytes * 1e6 / rateBytes);
}

/** The ticks that the kernel computes for bytes at a rate. */
function kernelTicks(rateBytes: number, bytes: number): bigint {
  const { multiplier, shift } = kernelClock(rateBytes);
  return (BigInt(bytes) * multiplier >> shift) / TICK_NANOSECONDS;
}

/** The factor and the shift by which the kernel makes nanoseconds of bytes. */
function kernelClock(
  rateBytes: number,
): { readonly multiplier: bigint; readonly shift: bigint } {
  const rate = BigInt(rateBytes);
  let factor = 1_000_000_000n;
  let shift = 0n;
  let multiplier = factor / rate;
  while ((multiplier & 1n << 31n) === 0n && factor >> 63n === 0n) {
    factor <<= 1n;
    shift++;
    multiplier = BigInt.asUintN(32, factor / rate);
  }
  return { multiplier, shift };
}
