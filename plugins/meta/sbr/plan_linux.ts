import { runCommand, sandboxText } from "../../../lib/linux/mod.ts";
import type { Plan, PlannedAct, Request } from "../../../lib/plugin/mod.ts";
import { stepActs } from "../../shared/rare/mod.ts";
import { readAdd } from "./add_linux.ts";
import { readRemoval } from "./del_linux.ts";
import { planAdd } from "./plan.ts";
import { predictedRouting } from "./predicted_routing.ts";

/** Says what a command would do, and does none of it. */
export function planCommand(request: Request): Promise<Plan> {
  switch (request.command) {
    case "ADD":
      return planAddition(request);
    case "DEL":
      return planDeletion(request);
    default:
      return Promise.resolve(planCheck(request));
  }
}

async function planAddition(request: Request): Promise<Plan> {
  const input = await readAdd(request, runCommand);
  const { routing, prevResult } = input;
  // The plugins before have only planned, too.
  const known = routing.hasLink ? routing : predictedRouting(routing, input);
  const steps = planAdd({ ...input, routing: known });
  return { acts: stepActs(steps, request.netns), result: prevResult };
}

async function planDeletion(request: Request): Promise<Plan> {
  const { netns } = request;
  if (netns === "") return { acts: [] };
  const removal = await readRemoval(request, runCommand);
  const acts = ([[4, "ip"], [6, "ip -6"]] as const).flatMap(([family, ip]) =>
    removal[family].map((words): PlannedAct => ({
      purpose: words[0] === "rule"
        ? `remove the rule for ${words[3]}`
        : `remove the route to ${words[2]} from table ${words[4]}`,
      command: sandboxText([ip, ...words].join(" "), netns),
    }))
  );
  return { acts };
}

function planCheck({ netns }: Request): Plan {
  return {
    acts: [
      {
        purpose: "look for the rule of each address",
        command: sandboxText("ip rule show", netns),
      },
      {
        purpose: "look for the routes in their tables",
        command: sandboxText("ip route show table all", netns),
      },
    ],
  };
}
