import {
  runCommand,
  sandboxText,
  type Step,
  stepText,
} from "../../../lib/linux/mod.ts";
import type { Plan, PlannedAct, Request } from "../../../lib/plugin/mod.ts";
import type { Result } from "../../../lib/spec/mod.ts";
import { resultOf } from "./add_linux.ts";
import { type BandwidthConfig, parseBandwidthConfig } from "./config.ts";
import { planDeletion } from "./del_linux.ts";
import { findRemains, hostNames, readFacts, readLinks } from "./facts_linux.ts";
import { ifbName, ifbOf } from "./ifb.ts";
import { NOTHING, type PlanInput, planLimits } from "./plan.ts";
import { requirePrevResult } from "./start_linux.ts";

/** Says what a command would do, and does none of it. */
export function planCommand(request: Request): Promise<Plan> {
  switch (request.command) {
    case "ADD":
      return planAdd(request);
    case "DEL":
      return planDel(request);
    default:
      return planCheck(request);
  }
}

async function planAdd(request: Request): Promise<Plan> {
  const config = parseBandwidthConfig(request);
  const prevResult = requirePrevResult(request);
  const isLimited = (config.ingress ?? config.egress) !== undefined;
  if (!isLimited) return { acts: [], result: prevResult };
  const ifb = await ifbOf(request);
  const place = await placeOf(request, config, prevResult);
  const steps = planLimits({ config, ifb, ...place });
  return {
    acts: actsOf(steps, request),
    result: resultOf(prevResult, config, ifb),
  };
}

/** What the kernel's default is for a pair. */
const PAIR_MTU_BYTES = 1500;

// In a plan of a whole chain the pair is not there yet, nor what is in its way.
async function placeOf(
  request: Request,
  config: BandwidthConfig,
  prevResult: Result,
): Promise<Pick<PlanInput, "hostName" | "mtuBytes" | "remains">> {
  const run = runCommand;
  const names = hostNames(prevResult);
  const links = await readLinks(names, run);
  const hostName = names.at(-1);
  const isThere = links.some(({ kind }) => kind === "veth");
  if (isThere || hostName === undefined) {
    const facts = await readFacts(request, prevResult, run);
    const remains = await findRemains(request, config, { facts, run });
    const { name, mtuBytes } = facts.host;
    return { hostName: name, mtuBytes, remains };
  }
  const stated = prevResult.interfaces?.find(({ name }) => name === hostName);
  const mtuBytes = stated?.mtu ?? PAIR_MTU_BYTES;
  return { hostName, mtuBytes, remains: NOTHING };
}

async function planDel(request: Request): Promise<Plan> {
  return { acts: actsOf(await planDeletion(request, runCommand), request) };
}

async function planCheck(request: Request): Promise<Plan> {
  const { ingress, egress } = parseBandwidthConfig(request);
  const { netns, ifname } = request;
  const inside: PlannedAct = {
    purpose: `find the other end of "${ifname}" in the host`,
    command: sandboxText("ip -j -d addr show", netns),
  };
  const compare = (name: string): PlannedAct => ({
    purpose: `compare the limit of "${name}" with the configuration`,
    command: `tc -j -d -r qdisc show dev ${name}`,
  });
  const hostName = hostNames(requirePrevResult(request)).findLast((name) =>
    !name.startsWith("bwp")
  );
  return {
    acts: [
      inside,
      ...(ingress && hostName !== undefined ? [compare(hostName)] : []),
      ...(egress ? [compare(await ifbName(request))] : []),
    ],
  };
}

function actsOf(
  steps: readonly Step[],
  { netns }: Request,
): readonly PlannedAct[] {
  return steps.map((step) => ({
    purpose: step.purpose,
    command: stepText(step, netns),
  }));
}
