import type { Cri } from "./cri.ts";

/** How many pods come and go. */
export interface PodsOptions {
  readonly count: number;
  /** How many calls are under way at a time. */
  readonly parallel: number;
  /** Group of their processes, from the root of groups. */
  readonly cgroupParent: string;
}

/** The port of the host that leads to the first pod, the next to the next. */
export const FIRST_PORT = 20_000;

/** Starts pods, each with a port of the host and limits; returns their ids. */
export async function runPods(
  cri: Cri,
  { count, parallel, cgroupParent }: PodsOptions,
): Promise<readonly string[]> {
  const numbers = Array.from({ length: count }, (_, number) => number);
  return await eachOf(numbers, parallel, (number) =>
    cri.run({
      name: `pod-${crypto.randomUUID()}`,
      cgroupParent,
      hostPort: FIRST_PORT + number,
      bandwidth: "100M",
    }));
}

/**
 * Does something with each of several values, some at a time.
 *
 * @returns What came of each, in the order of the values.
 */
export async function eachOf<Value, Result>(
  values: readonly Value[],
  parallel: number,
  act: (value: Value) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const rest = values.entries();
  const worker = async () => {
    for (const [index, value] of rest) results[index] = await act(value);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return results;
}
