/** How many tests ended in which way. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * Adds up the summaries in what `deno test` printed without colours.
 *
 * @param text Its output.
 * @param success Whether it exited with status 0. If not, at least one failed,
 * even if no summary says so: a module that could not be loaded has no tests.
 */
export function addCounts(text: string, success: boolean): Counts {
  let passed = 0, failed = 0, skipped = 0;
  for (const [, ok, bad, ignored] of text.matchAll(SUMMARY)) {
    passed += Number(ok);
    failed += Number(bad);
    skipped += Number(ignored ?? 0);
  }
  return { passed, failed: success ? failed : Math.max(1, failed), skipped };
}

const SUMMARY =
  /^(?:ok|FAILED) \| (\d+) passed[^|\n]* \| (\d+) failed[^|\n]*(?:\| (\d+) ignored.*)?$/gm;

/** What several runs come to. */
export function sumCounts(runs: readonly Counts[]): Counts {
  const of = (key: keyof Counts) =>
    runs.reduce((sum, counts) => sum + counts[key], 0);
  return { passed: of("passed"), failed: of("failed"), skipped: of("skipped") };
}

/** The closing line of a test run: `12 passed, 0 failed, 3 skipped`. */
export function formatCounts({ passed, failed, skipped }: Counts): string {
  const text = `${passed} passed, ${failed} failed`;
  return skipped > 0 ? `${text}, ${skipped} skipped` : text;
}
