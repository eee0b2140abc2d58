import type { Difference } from "../suite/mod.ts";
import { diffLines } from "./diff_lines.ts";
import type { Explanation } from "./explanation.ts";
import { leaveOutParts } from "./leave_out_parts.ts";
import type { Observation } from "./play_scenario.ts";

/**
 * What differs between two plays of one scenario. A line is told at the call
 * where it first appears, not at those after it, and lines with one explanation
 * stand together.
 *
 * @param plugin The plugin's name, for the explanations.
 */
export function compareObservations(
  left: readonly Observation[],
  right: readonly Observation[],
  { plugin, explanations }: {
    readonly plugin: string;
    readonly explanations: readonly Explanation[];
  },
): readonly Difference[] {
  const told = new Set<string>();
  return right.flatMap((after, index) => {
    const before = left[index];
    const hasState = after.hasState && (before?.hasState ?? true);
    const parts = hasState
      ? new Set([...before?.parts.keys() ?? [], ...after.parts.keys()])
      : ["answer"];
    return [...parts].flatMap((part) => {
      const all = diffLines(
        before?.parts.get(part) ?? [],
        after.parts.get(part) ?? [],
      );
      const lines = leaveOutParts(all).filter((line) => {
        // The links themselves are told elsewhere.
        if (/^[-+] link \S+$/.test(line) && !part.startsWith("links")) {
          return false;
        }
        // Each answer is of its own; a state lasts.
        const key = `${part}\n${line}`;
        if (part === "answer") return true;
        if (told.has(key)) return false;
        told.add(key);
        return true;
      });
      const what = `${after.label}: ${part}`;
      return explain(lines, { what, plugin, explanations });
    });
  });
}

function explain(
  lines: readonly string[],
  { what, plugin, explanations }: {
    readonly what: string;
    readonly plugin: string;
    readonly explanations: readonly Explanation[];
  },
): readonly Difference[] {
  const fitting = explanations.filter(({ plugins, where }) =>
    (plugins === undefined || plugins.includes(plugin)) &&
    (where === undefined || where.test(what))
  );
  const groups = Map.groupBy(
    lines,
    (text) => fitting.find(({ line }) => line.test(text)),
  );
  return [...groups].map(([explanation, lines]) => ({
    what,
    lines,
    ...(explanation === undefined
      ? {}
      : { explained: { name: explanation.name, reason: explanation.reason } }),
  }));
}
