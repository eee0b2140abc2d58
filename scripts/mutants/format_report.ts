import { changeOf } from "./equivalent.ts";
import { partOf } from "./nearest_tests.ts";
import type { FileMutation, Verdict } from "./try_mutation.ts";

/** A change that was tried, and what became of it. */
export interface Trial {
  readonly mutation: FileMutation;
  readonly verdict: Verdict;
}

/** One trial, as a line. */
export function formatTrial({ mutation, verdict }: Trial): string {
  const { file, line, lineText } = mutation;
  const where = `${verdict.padEnd(16)}${file}:${line}  ${changeOf(mutation)}`;
  return verdict === "survived"
    ? `${where}\n${" ".repeat(16)}${lineText}`
    : where;
}

/** The figures of each part of the project, then of all, one a line. */
export function formatReport(trials: readonly Trial[]): string {
  const parts = Map.groupBy(trials, ({ mutation }) => partOf(mutation.file));
  const rows = [...parts].sort(([one], [other]) => one < other ? -1 : 1)
    .map(([part, own]) => `${part.padEnd(26)}${figuresOf(own)}`);
  return [...rows, figuresOf(trials)].map((row) => `${row}\n`).join("");
}

function figuresOf(trials: readonly Trial[]): string {
  const count = (verdict: Verdict) =>
    trials.filter((trial) => trial.verdict === verdict).length;
  const [caught, survived] = [count("caught"), count("survived")];
  const counted = caught + survived;
  const percent = counted === 0 ? 100 : Math.floor(caught / counted * 100);
  return `${caught} of ${counted} caught (${percent} %), ${survived} ` +
    `survived; ${count("did not compile")} did not compile`;
}
