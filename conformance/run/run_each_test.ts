import { assertEquals, assertRejects } from "@std/assert";
import type { Outcome } from "../suite/mod.ts";
import { judge } from "./judge.ts";
import { runEach } from "./run_each.ts";

const CLAUSE = { section: "x", level: "MUST", requirement: "y" } as const;

function outcomeOf(id: string, work: () => Promise<void>): Promise<Outcome> {
  return judge({ id, subject: "s", version: "1.1.0", clause: CLAUSE }, work);
}

Deno.test("runEach() runs a few at a time and keeps the order", async () => {
  let running = 0;
  let most = 0;
  const run = (id: string, index: number) =>
    outcomeOf(id, async () => {
      most = Math.max(most, ++running);
      // The first ends last.
      for (let turn = index; turn < 5; turn++) await Promise.resolve();
      running--;
    });
  const ids = ["a", "b", "c", "d"];
  const outcomes = await runEach(ids, run, { atATime: 2 });
  assertEquals(outcomes.map(({ id }) => id), ids);
  assertEquals(most, 2);
});

Deno.test("runEach() begins nothing after an abort", async () => {
  const controller = new AbortController();
  const begun: string[] = [];
  const reported: string[] = [];
  const run = (id: string) =>
    outcomeOf(id, () => {
      begun.push(id);
      if (id === "b") controller.abort(new Error("interrupted"));
      return Promise.resolve();
    });
  const report = ({ id }: Outcome) => void reported.push(id);
  const { signal } = controller;
  const done = runEach(["a", "b", "c"], run, { report, signal });
  await assertRejects(() => done, Error, "interrupted");
  assertEquals([begun, reported], [["a", "b"], ["a"]]);
});
