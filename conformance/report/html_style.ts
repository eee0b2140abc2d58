import type { Verdict } from "../suite/mod.ts";

const ALL: readonly Verdict[] = [
  "failed",
  "broken",
  "warned",
  "skipped",
  "passed",
];

/** Hides, for each button, what has another verdict. */
const FILTERS = ALL.map((verdict) => {
  const chosen = `body:has(input[value="${verdict}"]:checked)`;
  return `${chosen} article:not(.${verdict}),
${chosen} section:not(.has-${verdict}) { display: none; }
`;
}).join("");

/** The style of the HTML report: phone first, light and dark, and for paper. */
export const HTML_STYLE = `:root {
  color-scheme: light dark;
  --text: light-dark(#1c2128, #d5dce4);
  --soft: light-dark(#59636e, #9aa5b1);
  --page: light-dark(#ffffff, #14181d);
  --card: light-dark(#f5f7f9, #1c2229);
  --line: light-dark(#d5dbe1, #343d47);
  --failed: light-dark(#b3261e, #ff8a80);
  --warned: light-dark(#8a5a00, #f0b429);
  --passed: light-dark(#1a6e35, #6fce8b);
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1rem; max-width: 70rem;
  background: var(--page); color: var(--text);
  font: 1rem/1.45 system-ui, sans-serif; overflow-wrap: anywhere;
}
h1 { font-size: 1.35rem; margin: 0; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; font-weight: normal; margin: 0; }
p { margin: .25rem 0; }
header p, small, cite, dt { color: var(--soft); }
cite { font-style: normal; }
a { color: inherit; }
code, pre { font: .85rem/1.4 ui-monospace, monospace; }
pre {
  margin: 0; padding: .5rem; background: var(--page);
  border: 1px solid var(--line); border-radius: .3rem; white-space: pre-wrap;
}
.scroll { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .3rem; overflow-wrap: normal; border-bottom: 1px solid var(--line); text-align: right; }
th:first-child { text-align: left; padding-left: 0; }
thead th { color: var(--soft); font-weight: normal; }
td.none { color: var(--soft); }
fieldset {
  position: sticky; top: 0; margin: 0 -1rem; padding: .5rem 1rem;
  border: 0; border-bottom: 1px solid var(--line); background: var(--page);
  display: flex; flex-wrap: wrap; gap: .25rem 1rem;
}
legend { float: left; padding: 0; color: var(--soft); }
article {
  margin: .4rem 0; padding: .5rem .75rem; background: var(--card);
  border-left: .3rem solid var(--line); border-radius: .2rem;
}
article.failed, article.broken { border-color: var(--failed); }
article.warned { border-color: var(--warned); }
article.passed { border-color: var(--passed); }
.verdict { font-weight: 600; }
.failed .verdict, .broken .verdict, td.failed, td.broken, del { color: var(--failed); }
.warned .verdict, td.warned { color: var(--warned); }
.passed .verdict, td.passed, ins, .explained { color: var(--passed); }
.reason { font-weight: 600; white-space: pre-wrap; }
.clause { font-size: .9rem; }
.what { margin-top: .5rem; }
del, ins { text-decoration: none; }
details { margin-top: .5rem; }
summary { cursor: pointer; }
dl { margin: .25rem 0 0; }
dd { margin: 0 0 .4rem; }
section { scroll-margin-top: 4rem; }
${FILTERS}@media (min-width: 40rem) { th, td { padding: .2rem .7rem; } }
@media print {
  :root { color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  fieldset { display: none; }
  article, pre { break-inside: avoid-page; background: none; }
  h2, h3 { break-after: avoid; }
}
`;
