import { assertEquals } from "@std/assert";
import type { Case, Profile, Subject } from "../suite/mod.ts";
import { planJobs } from "./plan_jobs.ts";

const PROFILE: Profile = {
  plugin: "p",
  kind: "interface",
  config: {},
  promises: [],
};

function caseOf(id: string, more: Partial<Case> = {}): Case {
  return {
    id,
    clause: { section: "s", level: "MUST", requirement: "r" },
    run: () => Promise.resolve(),
    ...more,
  };
}

function since(...versions: readonly string[]): Partial<Case> {
  const clause = { section: "s", level: "MUST", requirement: "r", versions };
  return { clause: clause as Case["clause"] };
}

function subjectOf(more: Partial<Subject> = {}): Subject {
  const versions = ["0.3.1", "0.4.0", "1.0.0"];
  return { name: "p", folder: "/f", versions, profile: PROFILE, ...more };
}

/** What is planned, as text: the version, or why it is left out. */
function planned(
  one: Case,
  subject: Subject,
  spec?: string,
): readonly string[] {
  return planJobs([subject], [one], spec).map(({ version, skipped }) =>
    skipped === undefined ? version : `${version}: ${skipped}`
  );
}

Deno.test("planJobs() chooses versions", async (t) => {
  const newest = caseOf("protocol/a");
  const each = caseOf("protocol/b", { isPerVersion: true });
  const old = caseOf("protocol/c", since("0.3.0", "0.3.1"));
  const gc = caseOf("protocol/d", { ...since("1.1.0"), isPerVersion: true });
  const silent = subjectOf({ versions: [] });
  const cases: Record<string, readonly [readonly string[], string[]]> = {
    "the newest": [planned(newest, subjectOf()), ["1.0.0"]],
    "each": [planned(each, subjectOf()), ["0.3.1", "0.4.0", "1.0.0"]],
    "the newest that says so": [planned(old, subjectOf()), ["0.3.1"]],
    "none that says so": [
      planned(gc, subjectOf()),
      ["1.0.0: version 1.0.0 does not say so"],
    ],
    "the one asked for": [planned(each, subjectOf(), "0.4.0"), ["0.4.0"]],
    "one that is not accepted": [
      planned(newest, subjectOf(), "1.1.0"),
      ["1.1.0: p does not accept version 1.1.0"],
    ],
    "of a plugin that answers nothing": [planned(newest, silent), ["1.1.0"]],
  };
  for (const [why, [found, expected]] of Object.entries(cases)) {
    await t.step(why, () => assertEquals(found, expected));
  }
});

Deno.test("planJobs() leaves out what cannot be tried, and says why", async (t) => {
  const life = caseOf("lifecycle/a");
  const { profile: _, ...unknown } = subjectOf();
  const picky = caseOf("protocol/a", { skip: () => "not for p" });
  const cases: Record<string, readonly [readonly string[], string]> = {
    "without a profile": [
      planned(life, unknown),
      "1.0.0: there is no profile for p: see docs/conformance.md",
    ],
    "where something is lacking": [
      planned(life, subjectOf({ lacks: "no links of kind x" })),
      "1.0.0: no links of kind x",
    ],
    "by the case itself": [planned(picky, subjectOf()), "1.0.0: not for p"],
  };
  for (const [why, [found, expected]] of Object.entries(cases)) {
    await t.step(why, () => assertEquals(found, [expected]));
  }
});

Deno.test("planJobs() goes plugin by plugin", () => {
  const cases = [caseOf("protocol/a"), caseOf("protocol/b")];
  const subjects = ["p", "q"].map((name) => subjectOf({ name }));
  const jobs = planJobs(subjects, cases).map((job) =>
    `${job.subject.name} ${job.case.id}`
  );
  assertEquals(jobs, [
    "p protocol/a",
    "p protocol/b",
    "q protocol/a",
    "q protocol/b",
  ]);
});
