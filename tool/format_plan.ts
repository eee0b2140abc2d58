import type { NetworkAct, NetworkPlan } from "../lib/runtime/mod.ts";
import type { JsonObject } from "../lib/spec/mod.ts";
import { printable, type Style } from "../terminal/mod.ts";
import type { Target } from "./targets.ts";

/** The plan for one network. */
export interface TargetPlan {
  readonly target: Target;
  readonly plan: NetworkPlan;
}

/**
 * Writes plans for people: what would be done, numbered through, each act with
 * its command as one would type it.
 */
export function formatPlans(
  plans: readonly TargetPlan[],
  style: Style,
): string {
  let number = 0;
  const parts = plans.map(({ target, plan }) => {
    const { network, attachment } = target;
    const title =
      `${network.name}: ${attachment.ifname} in ${attachment.netns}`;
    const acts = plan.acts.map((act) => formatAct(act, ++number, style));
    const lines = acts.length === 0 ? ["  nothing to do\n"] : acts;
    return `${style.bold(title)}\n${lines.join("")}`;
  });
  return `${parts.join("\n")}\n${style.dim("Nothing was changed.")}\n`;
}

function formatAct(
  { plugin, purpose, command }: NetworkAct,
  number: number,
  style: Style,
): string {
  const who = plugin === undefined ? "" : ` ${style.dim(`(${plugin})`)}`;
  const first = `${String(number).padStart(3)}. ${printable(purpose)}${who}\n`;
  return command === undefined
    ? first
    : `${first}       ${printable(command)}\n`;
}

/** Writes plans for programs. */
export function plansToJson(
  command: string,
  plans: readonly TargetPlan[],
): JsonObject {
  return {
    command,
    networks: plans.map(({ target: { network, attachment }, plan }) => ({
      network: network.name,
      containerId: attachment.containerId,
      netns: attachment.netns,
      ifname: attachment.ifname,
      acts: plan.acts.map(({ plugin, purpose, command }) => ({
        plugin,
        purpose,
        command,
      })),
      result: plan.result,
    })),
  };
}
