import type { Unit } from "./contest.ts";

/** Work that this process has other programs do, such as a service. */
export interface Work {
  /** Has it done. */
  readonly run: () => Promise<void>;
  /** Processor time that those programs have used so far, in milliseconds. */
  readonly usedCpuMs: () => Promise<number>;
}

/**
 * Has work done and measures it.
 *
 * @returns Milliseconds of wall time or processor time.
 * @throws {RangeError} For memory: it is that of many programs.
 */
export async function measureWork(
  { run, usedCpuMs }: Work,
  unit: Unit,
): Promise<number> {
  if (unit === "MiB") throw new RangeError("Cannot measure memory of work");
  const now = unit === "ms"
    ? () => Promise.resolve(performance.now())
    : usedCpuMs;
  const before = await now();
  await run();
  return await now() - before;
}
