import { assertEquals } from "@std/assert";
import { formatReport, median } from "./report.ts";

Deno.test("median() is the middle value, or between the two", () => {
  assertEquals(median([9, 1, 5]), 5);
  assertEquals(median([1, 2, 10, 4]), 3);
});

Deno.test("formatReport() compares medians", () => {
  const row = {
    title: "ADD",
    ours: [3, 1, 2],
    other: [4],
    unit: "ms",
  } as const;
  assertEquals(
    formatReport([{ ...row, otherName: "reference" }]),
    "       ours   other  ratio  the other is\n" +
      "ADD  2.0 ms  4.0 ms  0.50x  reference\n",
  );
});
