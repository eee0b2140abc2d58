import { type Command, type Step, stepText } from "../../../lib/linux/mod.ts";
import { transactionText } from "../../../lib/firewall/mod.ts";
import type { PlannedAct } from "../../../lib/plugin/mod.ts";

/** An act for each step. */
export function stepActs(
  steps: readonly Step[],
  netns: string,
): readonly PlannedAct[] {
  return steps.map((step) => ({
    purpose: step.purpose,
    command: stepText(step, netns),
  }));
}

/** An act for each line of firewall transactions. */
export function transactionActs(
  purpose: string,
  changes: readonly Command[],
): readonly PlannedAct[] {
  return changes.flatMap(transactionText)
    .map((command) => ({ purpose, command }));
}
