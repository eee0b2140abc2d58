import type { Outcome, Verdict } from "../suite/mod.ts";
import { labelOf } from "./group_outcomes.ts";
import { printable, printableLine } from "./printable.ts";
import type { Reporter } from "./reporter.ts";

/**
 * The Test Anything Protocol, version 14. A SHOULD that is not kept is a test
 * "to do", which does not make the run fail; what could not be run is skipped.
 */
export function tapReporter(): Reporter {
  return {
    end: ({ title, target, outcomes }) => {
      const lines = outcomes.map((outcome, index) =>
        testLine(outcome, index + 1) + diagnostics(outcome)
      );
      return `TAP version 14\n` +
        `# ${printableLine(`${title}: ${target}`)}\n` +
        `1..${outcomes.length}\n${lines.join("")}`;
    },
  };
}

function testLine(outcome: Outcome, number: number): string {
  const { verdict, subject, clause, reason } = outcome;
  const ok = verdict === "passed" || verdict === "skipped" ? "ok" : "not ok";
  const name = escape(
    `${subject}: ${labelOf(outcome)}: ${clause.requirement}`,
  );
  const directive = verdict === "skipped"
    ? ` # SKIP ${escape(reason)}`
    : verdict === "warned"
    ? ` # TODO ${clause.level}: ${escape(reason)}`
    : "";
  return `${ok} ${number} - ${name}${directive}\n`;
}

/** In a description `#` would begin a directive. */
function escape(text: string): string {
  return printableLine(text).replaceAll(/[\\#]/g, "\\$&");
}

const SEVERITIES: Partial<Record<Verdict, string>> = {
  passed: "comment",
  warned: "todo",
};

/** What is known of a failure, as a YAML block whose values are JSON. */
function diagnostics(outcome: Outcome): string {
  const { verdict, clause, reason, calls, differences = [], timeMs } = outcome;
  if (verdict === "skipped") return "";
  if (verdict === "passed" && differences.length === 0) return "";
  const call = calls.at(-1);
  const values: readonly (readonly [string, unknown])[] = [
    ["message", reason],
    ["severity", SEVERITIES[verdict] ?? "fail"],
    ["level", clause.level],
    ["clause", clause.section],
    ["duration_ms", Math.round(timeMs)],
    ["calls", calls.length],
    ...(call === undefined ? [] : [
      ["program", call.program],
      ["env", call.env],
      ["input", call.stdin],
      ["status", call.status],
      ["output", call.stdout],
      ["stderr", call.stderr],
    ] as const),
    ...differences.length === 0 ? [] : [["differences", differences] as const],
  ];
  const lines = values.map(([key, value]) => `  ${key}: ${yaml(value)}\n`);
  return `  ---\n${lines.join("")}  ...\n`;
}

/** JSON is YAML, once what YAML cannot hold is taken out of its texts. */
function yaml(value: unknown): string {
  return JSON.stringify(
    value,
    (_key, item) => typeof item === "string" ? printable(item) : item,
  );
}
