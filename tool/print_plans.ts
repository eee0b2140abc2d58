import type {
  NetworkAct,
  NetworkPlan,
  PlannedOperation,
  Runtime,
} from "../lib/runtime/mod.ts";
import {
  type Flag,
  jsonText,
  styleFor,
  type TerminalProcess,
  type Words,
} from "../terminal/mod.ts";
import { formatPlans, plansToJson, type TargetPlan } from "./format_plan.ts";
import type { Target } from "./targets.ts";

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
  { runtime, targets, words, process, stand, before = [] }: {
    readonly runtime: Runtime;
    readonly targets: readonly Target[];
    readonly words: Words;
    readonly process: TerminalProcess;
    /** A namespace that stands in for one that is not there yet. */
    readonly stand?: { readonly in: string; readonly for: string };
    /** What would be done before anything else. */
    readonly before?: readonly NetworkAct[];
  },
): Promise<number> {
  const plans: TargetPlan[] = [];
  for (const target of targets) {
    const { network, attachment } = target;
    const netns = stand?.in ?? attachment.netns;
    const plan = await runtime.plan(operation, network, {
      ...attachment,
      netns,
    });
    plans.push({
      target,
      plan: stand === undefined ? plan : renamed(plan, stand),
    });
  }
  const [first] = plans;
  if (first !== undefined && before.length > 0) {
    const acts = [...before, ...first.plan.acts];
    plans[0] = { ...first, plan: { ...first.plan, acts } };
  }
  process.writeStdout(
    words.has(JSON_FLAG.name)
      ? `${jsonText(plansToJson(operation, plans))}\n`
      : formatPlans(plans, styleFor(process)),
  );
  return 0;
}

/** The plan with the path of the namespace that it is really for. */
function renamed(
  { acts, result }: NetworkPlan,
  stand: { readonly in: string; readonly for: string },
): NetworkPlan {
  const rename = (text: string) => text.replaceAll(stand.in, stand.for);
  return {
    acts: acts.map((act) => ({
      ...act,
      purpose: rename(act.purpose),
      ...(act.command === undefined ? {} : { command: rename(act.command) }),
    })),
    ...(result === undefined
      ? {}
      : { result: JSON.parse(rename(JSON.stringify(result))) }),
  };
}
