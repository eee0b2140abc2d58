import {
  type CallRecord,
  countVerdicts,
  type Difference,
  type Outcome,
  type RunReport,
  type Verdict,
} from "../suite/mod.ts";
import { describeCall, formatTime } from "./describe_call.ts";
import { escapeMarkup } from "./escape_markup.ts";
import {
  bySubject,
  describeTarget,
  totalTimeMs,
  VERDICTS,
  worstFirst,
} from "./group_outcomes.ts";
import { HTML_STYLE } from "./html_style.ts";
import type { Reporter } from "./reporter.ts";

/**
 * A page that stands alone: no script, nothing loaded. Radio buttons filter it
 * by verdict. Whatever a plugin wrote is text, and the page's policy forbids
 * scripts besides. It is well-formed XML too, which tests make use of.
 */
export function htmlReporter(): Reporter {
  return { end: (run) => page(run) };
}

function page(run: RunReport): string {
  const { title, outcomes } = run;
  const counts = countVerdicts(outcomes);
  const subjects = [...bySubject(outcomes)];
  const present = VERDICTS.filter((verdict) => counts[verdict] > 0);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
<title>${escapeMarkup(`${title}: ${describeTarget(run)}`)}</title>
<style>
${HTML_STYLE}</style>
</head>
<body>
<header>
<h1>${escapeMarkup(title)}</h1>
<p>${escapeMarkup(describeTarget(run))}, ${outcomes.length} cases, ${
    formatTime(totalTimeMs(outcomes))
  }</p>
</header>
${countsTable(subjects)}
<fieldset>
<legend>Show</legend>
${radio("all", `all ${outcomes.length}`, true)}
${present.map((one) => radio(one, `${counts[one]} ${one}`, false)).join("\n")}
</fieldset>
<main>
${
    subjects.map(([subject, own], index) => section(subject, own, index)).join(
      "",
    )
  }</main>
</body>
</html>
`;
}

function radio(value: string, label: string, isChecked: boolean): string {
  const checked = isChecked ? ` checked=""` : "";
  return `<label class="${value}"><input type="radio" name="show" value="${value}"${checked} /> ${label}</label>`;
}

function countsTable(
  subjects: readonly (readonly [string, readonly Outcome[]])[],
): string {
  const head = VERDICTS.map((one) => `<th scope="col">${one}</th>`).join("");
  const rows = subjects.map(([subject, own], index) => {
    const counts = countVerdicts(own);
    const cells = VERDICTS.map((one) =>
      `<td class="${counts[one] > 0 ? one : "none"}">${counts[one]}</td>`
    );
    return `<tr><th scope="row"><a href="#plugin-${index}">${
      escapeMarkup(subject)
    }</a></th>${cells.join("")}</tr>\n`;
  });
  return `<div class="scroll"><table>
<thead><tr><th scope="col">plugin</th>${head}</tr></thead>
<tbody>
${rows.join("")}</tbody>
</table></div>`;
}

function section(
  subject: string,
  outcomes: readonly Outcome[],
  index: number,
): string {
  const verdicts = new Set<Verdict>(outcomes.map(({ verdict }) => verdict));
  const classes = [...verdicts].map((one) => `has-${one}`).join(" ");
  return `<section id="plugin-${index}" class="${classes}">
<h2>${escapeMarkup(subject)}</h2>
${worstFirst(outcomes).map(article).join("")}</section>
`;
}

function article(outcome: Outcome): string {
  const { id, version, verdict, clause, reason, differences = [] } = outcome;
  const isQuiet = verdict === "passed" || verdict === "skipped";
  const calls = isQuiet ? [] : outcome.calls;
  return `<article class="${verdict}">
<h3><span class="verdict">${verdict}</span> <code>${
    escapeMarkup(id)
  }</code> <small>${escapeMarkup(version)}</small></h3>
${
    reason === ""
      ? ""
      : `<p class="reason">${escapeMarkup(reason)}</p>\n`
  }<p class="clause"><b>${escapeMarkup(clause.level)}</b> ${
    escapeMarkup(clause.requirement)
  } <cite>${escapeMarkup(clause.section)}</cite></p>
${differences.map(difference).join("")}${
    calls.map((call, index) =>
      callDetails(call, {
        number: index + 1,
        isOpen: index + 1 === calls.length,
      })
    ).join("")
  }</article>
`;
}

function difference({ what, lines, explained }: Difference): string {
  const known = explained === undefined
    ? ""
    : ` <span class="explained">explained: ${
      escapeMarkup(`${explained.name}, ${explained.reason}`)
    }</span>`;
  const marked = lines.map((line) => {
    const tag = line.startsWith("-")
      ? "del"
      : line.startsWith("+")
      ? "ins"
      : "span";
    return `<${tag}>${escapeMarkup(line)}</${tag}>`;
  });
  return `<p class="what">${escapeMarkup(what)}${known}</p>
<pre>${marked.join("\n")}</pre>
`;
}

function callDetails(
  call: CallRecord,
  { number, isOpen }: { readonly number: number; readonly isOpen: boolean },
): string {
  const { command, ending } = describeCall(call);
  const name = call.env.CNI_COMMAND ?? "";
  return `<details${isOpen ? ` open=""` : ""}>
<summary>call ${number}: ${escapeMarkup(name)}, ${
    escapeMarkup(ending)
  }</summary>
<dl>
${term("command", command)}${term("input", readable(call.stdin))}${
    term("output", readable(call.stdout))
  }${call.stderr === "" ? "" : term("stderr", call.stderr)}</dl>
</details>
`;
}

function term(name: string, text: string): string {
  const value = text === ""
    ? "<i>nothing</i>"
    : `<pre>${escapeMarkup(text)}</pre>`;
  return `<dt>${name}</dt><dd>${value}</dd>\n`;
}

/** JSON with its lines broken, other text as it is. */
function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
