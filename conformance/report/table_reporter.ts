import { formatTable, type Style } from "../../terminal/mod.ts";
import {
  type CallRecord,
  countVerdicts,
  type Difference,
  type Outcome,
  type RunReport,
} from "../suite/mod.ts";
import { describeCall, formatTime } from "./describe_call.ts";
import {
  bySubject,
  describeTarget,
  labelOf,
  totalTimeMs,
  VERDICTS,
  worstFirst,
} from "./group_outcomes.ts";
import { printable, printableLine, shorten } from "./printable.ts";
import type { Reporter } from "./reporter.ts";

/** How much of an input or an output is shown, in characters. */
const SHOWN = 400;

/** How many calls of a case are shown: the last ones. */
const SHOWN_CALLS = 1;

/**
 * For people at a terminal: the counts of each plugin, then each failure and
 * warning with its clause, input and output, then what was skipped and why.
 */
export function tableReporter(style: Style): Reporter {
  return {
    end: (run) => {
      const parts = [
        `${style.bold(printableLine(run.title))}: ${
          printableLine(describeTarget(run))
        }\n`,
        countsTable(run, style),
        ...findings(run).map((group) => findingText(group, style)),
        explainedText(run, style),
        skippedText(run, style),
        `${totalText(run, style)}\n`,
      ];
      return parts.filter((part) => part !== "").join("\n");
    },
  };
}

/** What is worth telling; the same finding in several versions is one. */
function findings({ outcomes }: RunReport): readonly Finding[] {
  const groups = Map.groupBy(
    worstFirst(outcomes).filter(isWorthTelling),
    ({ subject, id, verdict, reason, differences }) =>
      JSON.stringify([subject, id, verdict, reason, differences]),
  );
  return [...groups.values()].map((group) => ({
    ...group.at(-1)!,
    version: group.map(({ version }) => version).join(", "),
  }));
}

/** An outcome whose version is a list of them. */
type Finding = Outcome;

function isWorthTelling({ verdict }: Outcome): boolean {
  return verdict !== "skipped" && verdict !== "passed";
}

function countsTable({ outcomes }: RunReport, style: Style): string {
  const rows = [...bySubject(outcomes)].map(([subject, own]) => {
    const counts = countVerdicts(own);
    return [
      printableLine(subject),
      ...COLUMNS.map((verdict) => String(counts[verdict])),
      formatTime(totalTimeMs(own)),
    ];
  });
  const head = ["PLUGIN", ...COLUMNS.map((one) => one.toUpperCase()), "TIME"];
  return formatTable(head, rows, style);
}

const COLUMNS = ["passed", "failed", "warned", "skipped", "broken"] as const;

function findingText(outcome: Finding, style: Style): string {
  const { subject, verdict, clause, reason, calls, differences = [] } = outcome;
  const mark = verdict === "warned"
    ? style.yellow(verdict)
    : style.red(verdict);
  const rows = [
    [clause.level, clause.requirement],
    ["clause", clause.section],
    ["reason", reason],
    // Differences tell more than the calls at which they appeared.
    ...(differences.length === 0 ? callRows(calls) : []),
  ].filter(([, text]) => text !== "");
  const lines = [
    ...rows.map(([label = "", text = ""]) =>
      block(style.dim(label.padEnd(LABEL)), text)
    ),
    ...differences.filter(({ explained }) => explained === undefined)
      .flatMap((one) => differenceLines(one, style)),
  ];
  const title = printableLine(`${subject}: ${labelOf(outcome)}`);
  return `${mark} ${style.bold(title)}\n${lines.join("")}`;
}

const LABEL = 9;

/** A text beside its label; all of its lines stand in one column. */
function block(label: string, text: string): string {
  const lines = printable(text).trimEnd().split("\n");
  const blank = " ".repeat(LABEL);
  return lines.map((line, index) =>
    `  ${index === 0 ? label : blank}${line}`.trimEnd() + "\n"
  ).join("");
}

function callRows(calls: readonly CallRecord[]): readonly string[][] {
  const shown = calls.slice(-SHOWN_CALLS);
  const rows = shown.flatMap((call) => {
    const { command, ending } = describeCall(call);
    const output = compact(call.stdout);
    return [
      ["call", command],
      ["input", compact(call.stdin)],
      ["output", output === "" ? ending : `${ending}: ${output}`],
      ["stderr", shorten(call.stderr.trim(), SHOWN)],
    ];
  });
  const before = calls.length - shown.length;
  const note = before === 0 ? [] : [["", `(after ${count(before, "call")})`]];
  return [...rows, ...note];
}

/** JSON without its white space, other text as it is; shortened. */
function compact(text: string): string {
  try {
    return shorten(JSON.stringify(JSON.parse(text)), SHOWN);
  } catch {
    return shorten(text.trim(), SHOWN);
  }
}

function differenceLines(
  { what, lines }: Difference,
  style: Style,
): readonly string[] {
  const paint = (line: string) =>
    line.startsWith("-") ? style.red(line) : style.green(line);
  return [
    `  ${style.bold(printableLine(what))}\n`,
    ...lines.map((line) =>
      `    ${paint(shorten(printableLine(line), SHOWN))}\n`
    ),
  ];
}

/** The differences that are meant, each reason once. */
function explainedText({ outcomes }: RunReport, style: Style): string {
  const found = outcomes.flatMap(({ id, subject, differences = [] }) =>
    differences.flatMap(({ explained }) =>
      explained === undefined ? [] : [{ id, subject, ...explained }]
    )
  );
  if (found.length === 0) return "";
  const groups = Map.groupBy(
    found,
    ({ subject, name, reason }) =>
      printableLine(`${subject}: ${name}: ${reason}`),
  );
  const lines = [...groups].map(([text, group]) =>
    `  ${text} ${style.dim(`(${idsOf(group)})`)}\n`
  );
  return `${style.bold("explained")}\n${lines.join("")}`;
}

/** What was skipped, each reason once. */
function skippedText({ outcomes }: RunReport, style: Style): string {
  const skipped = outcomes.filter(({ verdict }) => verdict === "skipped");
  if (skipped.length === 0) return "";
  const groups = Map.groupBy(
    skipped,
    ({ subject, reason }) => printableLine(`${subject}: ${reason}`),
  );
  const lines = [...groups].map(([text, group]) => {
    return `  ${text} ${style.dim(`(${idsOf(group)})`)}\n`;
  });
  return `${style.bold("skipped")}\n${lines.join("")}`;
}

/** The first cases of some, and how many more there are. */
function idsOf(group: readonly Pick<Outcome, "id">[]): string {
  const ids = [...new Set(group.map(({ id }) => id))];
  const [first = "", second] = ids;
  if (second === undefined) return first;
  return ids.length === 2
    ? `${first}, ${second}`
    : `${first}, ${second} and ${ids.length - 2} more`;
}

function totalText({ outcomes }: RunReport, style: Style): string {
  const counts = countVerdicts(outcomes);
  const paint = { failed: style.red, broken: style.red, warned: style.yellow };
  const parts = VERDICTS.toReversed()
    .filter((verdict) => counts[verdict] > 0 || verdict === "failed")
    .map((verdict) => {
      const text = `${counts[verdict]} ${verdict}`;
      return counts[verdict] > 0 && verdict in paint
        ? paint[verdict as keyof typeof paint](text)
        : text;
    });
  return `${count(outcomes.length, "case")}: ${parts.join(", ")}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
