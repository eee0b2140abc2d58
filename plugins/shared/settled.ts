/**
 * Both values, or the first error, but only when both have ended: what has
 * been begun must be over before it is undone.
 */
export async function settled<A, B>(
  first: Promise<A>,
  second: Promise<B>,
): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return [await first, await second];
}

/** Throws what the first of those that failed has failed with. */
export function throwFirst(
  ends: readonly PromiseSettledResult<unknown>[],
): void {
  for (const end of ends) {
    if (end.status === "rejected") throw end.reason;
  }
}
