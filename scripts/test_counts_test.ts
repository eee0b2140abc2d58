import { assertEquals } from "@std/assert";
import { addCounts, formatCounts, sumCounts } from "./test_counts.ts";

Deno.test("addCounts() reads every summary of deno test", () => {
  const text = `a ... ok (1ms)

ok | 9 passed (14 steps) | 0 failed (1s)

FAILED | 3 passed | 2 failed (1 step) | 4 ignored (2 steps) | 1 filtered out (81ms)
`;
  assertEquals(addCounts(text, false), { passed: 12, failed: 2, skipped: 4 });
});

Deno.test("addCounts() counts a run that failed without a summary", () => {
  const text = "error: Type checking failed.\n";
  assertEquals(addCounts(text, false), { passed: 0, failed: 1, skipped: 0 });
  const late = "ok | 5 passed | 0 failed (1s)\n";
  assertEquals(addCounts(late, false), { passed: 5, failed: 1, skipped: 0 });
});

Deno.test("sumCounts() adds runs up", () => {
  const runs = [
    { passed: 2, failed: 1, skipped: 0 },
    { passed: 30, failed: 20, skipped: 10 },
  ];
  assertEquals(sumCounts(runs), { passed: 32, failed: 21, skipped: 10 });
  assertEquals(sumCounts([]), { passed: 0, failed: 0, skipped: 0 });
});

Deno.test("formatCounts() names skipped tests only if there are any", () => {
  const counts = { passed: 2, failed: 0, skipped: 0 };
  assertEquals(formatCounts(counts), "2 passed, 0 failed");
  const skipping = { ...counts, skipped: 1 };
  assertEquals(formatCounts(skipping), "2 passed, 0 failed, 1 skipped");
});
