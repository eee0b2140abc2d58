import {
  countVerdicts,
  familyOf,
  type Outcome,
  statusOf,
} from "../suite/mod.ts";
import { bySubject, totalTimeMs } from "./group_outcomes.ts";
import type { Reporter } from "./reporter.ts";

/** What the document calls its form; a change that breaks readers changes it. */
const SCHEMA = "cni-conformance/1";

/** JSON with a form that stays as it is: docs/conformance.md describes it. */
export function jsonReporter(): Reporter {
  return {
    end: ({ title, target, spec, outcomes }) =>
      `${
        JSON.stringify(
          {
            schema: SCHEMA,
            title,
            target,
            spec: spec ?? null,
            status: statusOf(outcomes),
            counts: countVerdicts(outcomes),
            plugins: [...bySubject(outcomes)].map(([name, own]) => ({
              name,
              counts: countVerdicts(own),
              timeMs: round(totalTimeMs(own)),
            })),
            outcomes: outcomes.map(describeOutcome),
          },
          null,
          2,
        )
      }\n`,
  };
}

function describeOutcome(outcome: Outcome): object {
  const { id, subject, version, verdict, reason, clause, timeMs } = outcome;
  return {
    id,
    family: familyOf(outcome),
    plugin: subject,
    version,
    verdict,
    reason,
    clause: {
      section: clause.section,
      level: clause.level,
      requirement: clause.requirement,
      versions: clause.versions ?? null,
    },
    timeMs: round(timeMs),
    // Those of thousands of passed cases would bury the others.
    calls: verdict === "passed" ? [] : outcome.calls.map((call) => ({
      program: call.program,
      env: call.env,
      stdin: call.stdin,
      status: call.status,
      stdout: call.stdout,
      stderr: call.stderr,
      timedOut: call.timedOut,
      timeMs: round(call.timeMs),
    })),
    differences: (outcome.differences ?? []).map((one) => ({
      what: one.what,
      lines: one.lines,
      explained: one.explained ?? null,
    })),
  };
}

function round(timeMs: number): number {
  return Math.round(timeMs * 10) / 10;
}
