import { assertEquals, assertRejects } from "@std/assert";
import { type Case, Skip, type Stage, Violation } from "../suite/mod.ts";
import type { Job } from "./plan_jobs.ts";
import { type JobStage, runJobs } from "./run_jobs.ts";

const SUBJECT = { name: "p", folder: "/f", versions: ["1.1.0"] };

function jobOf(
  id: string,
  run: Case["run"],
  level: Case["clause"]["level"] = "MUST",
): Job {
  const clause = { section: "s", level, requirement: "r" };
  return { case: { id, clause, run }, subject: SUBJECT, version: "1.1.0" };
}

/** Stages that count how many of them there are. */
class Stages {
  now = 0;
  most = 0;

  readonly open = (): Promise<JobStage> => {
    this.most = Math.max(this.most, ++this.now);
    const close = () => {
      this.now--;
      return Promise.resolve();
    };
    // No case of these tests looks at its stage.
    const stage = {} as Stage;
    return Promise.resolve({ stage, calls: [], [Symbol.asyncDispose]: close });
  };
}

function fail(error: Error): Case["run"] {
  return () => Promise.reject(error);
}

Deno.test("runJobs() judges by what a case throws", async () => {
  const stages = new Stages();
  const jobs = [
    jobOf("protocol/fine", () => Promise.resolve()),
    jobOf("protocol/must", fail(new Violation("not kept"))),
    jobOf("protocol/should", fail(new Violation("not kept")), "SHOULD"),
    jobOf("protocol/may", fail(new Violation("not kept")), "MAY"),
    jobOf("protocol/skip", fail(new Skip("cannot"))),
    jobOf("protocol/broken", fail(new TypeError("a mistake"))),
    { ...jobOf("protocol/left-out", fail(new Error())), skipped: "no need" },
  ];
  const outcomes = await runJobs(jobs, { openStage: stages.open, stages: 2 });
  assertEquals(outcomes.map(({ verdict, reason }) => `${verdict} ${reason}`), [
    "passed ",
    "failed not kept",
    "warned not kept",
    "warned not kept",
    "skipped cannot",
    "broken a mistake",
    "skipped no need",
  ]);
  assertEquals(stages.now, 0);
});

Deno.test("runJobs() has so many stages at a time and keeps the order", async () => {
  const stages = new Stages();
  const told: string[] = [];
  const waits = [30, 0, 20, 0, 10, 0];
  const jobs = waits.map((wait, index) =>
    jobOf(
      `protocol/${index}`,
      () => new Promise((done) => setTimeout(done, wait)),
    )
  );
  const outcomes = await runJobs(jobs, {
    ...{ openStage: stages.open, stages: 3 },
    report: ({ id }) => told.push(id),
  });
  assertEquals(outcomes.map(({ id }) => id), jobs.map((job) => job.case.id));
  assertEquals(told.toSorted(), jobs.map((job) => job.case.id));
  assertEquals(stages.most, 3);
});

Deno.test("runJobs() that is aborted begins nothing more and closes all", async () => {
  const stages = new Stages();
  const abort = new AbortController();
  const told: string[] = [];
  const jobs = [
    jobOf("protocol/a", () => {
      abort.abort(new Error("enough"));
      return Promise.resolve();
    }),
    jobOf("protocol/b", fail(new Error("is not to run"))),
  ];
  const run = runJobs(jobs, {
    ...{ openStage: stages.open, stages: 1, signal: abort.signal },
    report: ({ id }) => told.push(id),
  });
  await assertRejects(() => run, Error, "enough");
  assertEquals([stages.now, stages.most, told], [0, 1, []]);
});
