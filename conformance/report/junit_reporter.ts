import { countVerdicts, familyOf, type Outcome } from "../suite/mod.ts";
import { describeCall } from "./describe_call.ts";
import { escapeMarkup } from "./escape_markup.ts";
import { bySubject, labelOf, totalTimeMs } from "./group_outcomes.ts";
import type { Reporter } from "./reporter.ts";

/**
 * JUnit's XML, as continuous integration reads it: a suite for each plugin, a
 * class for each family. A SHOULD that is not kept passes, and is told as the
 * output of its test.
 */
export function junitReporter(): Reporter {
  return {
    end: ({ title, target, outcomes }) => {
      const suites = [...bySubject(outcomes)].map(([subject, own]) =>
        element("testsuite", {
          name: subject,
          ...totals(own),
          skipped: countVerdicts(own).skipped,
        }, own.map(testCase).join(""))
      );
      const name = `${title}: ${target}`;
      return `<?xml version="1.0" encoding="UTF-8"?>\n` +
        element(
          "testsuites",
          { name, ...totals(outcomes) },
          suites.join(""),
        );
    },
  };
}

type Attributes = Readonly<Record<string, string | number>>;

function element(name: string, attributes: Attributes, inner: string): string {
  const pairs = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escapeMarkup(String(value))}"`);
  const tag = `${name}${pairs.join("")}`;
  return inner === "" ? `<${tag}/>\n` : `<${tag}>${inner}</${name}>\n`;
}

function totals(outcomes: readonly Outcome[]): Attributes {
  const { failed, broken } = countVerdicts(outcomes);
  return {
    tests: outcomes.length,
    failures: failed,
    errors: broken,
    time: seconds(totalTimeMs(outcomes)),
  };
}

function seconds(timeMs: number): string {
  return (timeMs / 1000).toFixed(3);
}

function testCase(outcome: Outcome): string {
  const { subject, timeMs } = outcome;
  return element("testcase", {
    classname: `${subject}.${familyOf(outcome)}`,
    name: labelOf(outcome),
    time: seconds(timeMs),
  }, finding(outcome));
}

function finding(outcome: Outcome): string {
  const { verdict, reason, clause } = outcome;
  const text = escapeMarkup(describe(outcome));
  switch (verdict) {
    case "passed":
      return outcome.differences?.length ? element("system-out", {}, text) : "";
    case "skipped":
      return element("skipped", { message: reason }, "");
    case "failed":
      return element("failure", { message: reason, type: clause.level }, text);
    case "broken":
      return element("error", { message: reason, type: "broken" }, text);
    case "warned":
      return element("system-out", {}, text);
  }
}

function describe(outcome: Outcome): string {
  const { verdict, clause, reason, calls, differences = [] } = outcome;
  return [
    `${verdict}: ${reason}`,
    `${clause.level}: ${clause.requirement}`,
    `Clause: ${clause.section}`,
    ...calls.flatMap((call, index) => {
      const { command, ending } = describeCall(call);
      return [
        `Call ${index + 1}: ${command}`,
        `Input: ${call.stdin}`,
        `Output (${ending}): ${call.stdout}`,
        ...(call.stderr === "" ? [] : [`stderr: ${call.stderr}`]),
      ];
    }),
    ...differences.flatMap(({ what, lines, explained }) => [
      explained === undefined
        ? what
        : `${what} (explained: ${explained.name}, ${explained.reason})`,
      ...lines,
    ]),
  ].join("\n");
}
