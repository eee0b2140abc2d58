import type { PlannedOperation, Runtime } from "../runtime/mod.ts";
import { formatJson } from "../spec/mod.ts";
import type { Flag } from "./flag.ts";
import { formatPlans, plansToJson, type TargetPlan } from "./format_plan.ts";
import type { Words } from "./parse_words.ts";
import { styleFor } from "./style.ts";
import type { Target } from "./targets.ts";
import type { TerminalProcess } from "./tool_process.ts";

/** Asks for a plan instead of the deed. */
export const PLAN: Flag = {
  name: "plan",
  summary: "print what would be done, and do nothing",
};

/** Asks for JSON. */
export const JSON_FLAG: Flag = {
  name: "json",
  summary: "print JSON for programs",
};

/** Prints what an operation would do with each target, in their order. */
export async function printPlans(
  operation: PlannedOperation,
  { runtime, targets, words, process }: {
    readonly runtime: Runtime;
    readonly targets: readonly Target[];
    readonly words: Words;
    readonly process: TerminalProcess;
  },
): Promise<number> {
  const plans: TargetPlan[] = [];
  for (const target of targets) {
    const { network, attachment } = target;
    const plan = await runtime.plan(operation, network, attachment);
    plans.push({ target, plan });
  }
  process.writeStdout(
    words.has(JSON_FLAG.name)
      ? `${formatJson(plansToJson(operation, plans))}\n`
      : formatPlans(plans, styleFor(process)),
  );
  return 0;
}
