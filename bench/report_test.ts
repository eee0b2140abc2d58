import { assertEquals } from "@std/assert";
import type { Comparison } from "./contest.ts";
import {
  formatJsonReport,
  formatMarkdown,
  formatReport,
  median,
  quantile,
  summarize,
} from "./report.ts";

const COMPARISON: Comparison = {
  title: "ADD bridge",
  unit: "ms",
  ours: [30, 10, 20],
  other: [40, 40, 40],
  otherName: "reference",
};

Deno.test("median() is the middle value, of an even number the mean of two", () => {
  assertEquals(median([3, 1, 2]), 2);
  assertEquals(median([4, 1, 2, 3]), 2.5);
});

Deno.test("quantile() lies between the values", () => {
  assertEquals(quantile([1, 2, 3, 4, 5], 0.25), 2);
  assertEquals(quantile([0, 10], 0.75), 7.5);
});

Deno.test("summarize() compares the medians, and round with round", () => {
  const { ours, ratio, rounds } = summarize(COMPARISON);
  assertEquals(ours, { median: 20, low: 15, high: 25 });
  assertEquals(ratio, { median: 0.5, low: 0.375, high: 0.625 });
  assertEquals(rounds, 3);
});

Deno.test("formatReport() lines the columns up", () => {
  assertEquals(
    formatReport([COMPARISON]),
    "               ours    other  ratio  middle half  the other is\n" +
      "ADD bridge  20.0 ms  40.0 ms  0.50x   0.38-0.63x  reference\n",
  );
});

Deno.test("formatMarkdown() makes a table", () => {
  assertEquals(
    formatMarkdown([COMPARISON]).split("\n").at(2),
    "| ADD bridge | 20.0 ms | 40.0 ms | 0.50x | 0.38-0.63x | reference |",
  );
});

Deno.test("formatJsonReport() has every measurement", () => {
  const report = JSON.parse(formatJsonReport([COMPARISON], { rounds: 3 }));
  assertEquals(report.rounds, 3);
  assertEquals(report.results[0].values.ours, [30, 10, 20]);
});
