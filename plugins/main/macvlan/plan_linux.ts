import { runCommand, sandboxText } from "../../../lib/linux/mod.ts";
import type {
  Plan,
  PlanContext,
  PlannedAct,
  Request,
} from "../../../lib/plugin/mod.ts";
import { planIpam, readSandboxLinks } from "../../shared/mod.ts";
import { stepActs } from "../../shared/planned/mod.ts";
import { parseMacvlanConfig } from "./config.ts";
import { readFacts } from "./facts_linux.ts";
import { planLink, planSandbox } from "./plan.ts";
import { prepareLink, preparePlan, resultOf } from "./prepare.ts";

/** Says what a command would do, and does none of it. */
export function planCommand(
  request: Request,
  context: PlanContext,
): Promise<Plan> {
  switch (request.command) {
    case "ADD":
      return planAdd(request, context);
    case "DEL":
      return planDel(request, context);
    default:
      return planCheck(request, context);
  }
}

async function planAdd(
  request: Request,
  context: PlanContext,
): Promise<Plan> {
  const config = parseMacvlanConfig(request);
  const master = await readFacts(request, config, runCommand);
  const ipam = await planIpam(request, context);
  const link = prepareLink(request, config, master);
  const input = preparePlan(link, ipam.result);
  const steps = [planLink(input), ...planSandbox(input)];
  const acts = [...ipam.acts, ...stepActs(steps, request.netns)];
  // An IPAM plugin that cannot plan leaves the result open.
  const isKnown = config.ipamType === undefined || ipam.result !== undefined;
  return isKnown ? { acts, result: resultOf(input) } : { acts };
}

async function planDel(
  request: Request,
  context: PlanContext,
): Promise<Plan> {
  const { netns, ifname } = request;
  const links = await readSandboxLinks(request, runCommand);
  const ipam = await planIpam(request, context);
  const removal: PlannedAct = {
    purpose: `remove the macvlan "${ifname}"`,
    command: sandboxText(`ip link del dev ${ifname}`, netns),
  };
  const isThere = links.some((link) => link.name === ifname);
  return { acts: [...(isThere ? [removal] : []), ...ipam.acts] };
}

async function planCheck(
  request: Request,
  context: PlanContext,
): Promise<Plan> {
  parseMacvlanConfig(request);
  const { netns, ifname } = request;
  const ipam = await planIpam(request, context);
  const compare = (what: string, command: string): PlannedAct => ({
    purpose: `compare ${what} with prevResult`,
    command: sandboxText(command, netns),
  });
  return {
    acts: [
      compare(`"${ifname}"`, "ip -j -d addr show"),
      ...ipam.acts,
      compare("routes", "ip -j route show table all"),
    ],
  };
}
