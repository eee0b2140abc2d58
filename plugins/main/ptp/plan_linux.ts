import { runCommand, sandboxText, UndoStack } from "../../../lib/linux/mod.ts";
import { createRecorder } from "../../../lib/firewall/mod.ts";
import type {
  Plan,
  PlanContext,
  PlannedAct,
  Request,
} from "../../../lib/plugin/mod.ts";
import {
  addAttachmentMasquerade,
  planIpam,
  readSandboxLinks,
  removeAttachmentMasquerade,
  requireFreeName,
} from "../../shared/mod.ts";
import { stepActs, transactionActs } from "../../shared/planned/mod.ts";
import { parsePtpConfig } from "./config.ts";
import { planHost, planPair, planSandbox } from "./plan.ts";
import { preparePair, preparePlan, resultOf } from "./prepare.ts";

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
  const config = parsePtpConfig(request);
  await requireFreeName(request, "veth", runCommand);
  const ipam = await planIpam(request, context);
  const pair = preparePair(request, config);
  if (ipam.result === undefined) {
    // An IPAM plugin that cannot plan: what follows its addresses is not known.
    const pairActs = stepActs(planPair(pair), request.netns);
    return { acts: [...ipam.acts, ...pairActs] };
  }
  const input = preparePlan(pair, ipam.result);
  const steps = [
    ...planPair(input),
    ...planHost(input),
    ...planSandbox(input),
  ];
  const { run, changes } = createRecorder(runCommand);
  const { ips } = input.addressing;
  const tools = { run, undo: new UndoStack() };
  await addAttachmentMasquerade(request, { ...config, ips }, tools);
  return {
    acts: [
      ...ipam.acts,
      ...stepActs(steps, request.netns),
      ...transactionActs("add firewall rules of the attachment", changes),
    ],
    result: resultOf(input, config.dns ?? ipam.result.dns),
  };
}

async function planDel(
  request: Request,
  context: PlanContext,
): Promise<Plan> {
  const { netns, ifname } = request;
  const links = await readSandboxLinks(request, runCommand);
  const ipam = await planIpam(request, context);
  const { run, changes } = createRecorder(runCommand);
  await removeAttachmentMasquerade(request, links, run);
  const removal: PlannedAct = {
    purpose: `remove the pair of "${ifname}"`,
    command: sandboxText(`ip link del dev ${ifname}`, netns),
  };
  return {
    acts: [
      ...(links.some((link) => link.name === ifname) ? [removal] : []),
      ...ipam.acts,
      ...transactionActs("remove firewall rules of the attachment", changes),
    ],
  };
}

async function planCheck(
  request: Request,
  context: PlanContext,
): Promise<Plan> {
  parsePtpConfig(request);
  const { netns, ifname } = request;
  const ipam = await planIpam(request, context);
  const compare = (what: string, command: string): PlannedAct => ({
    purpose: `compare ${what} with prevResult`,
    command,
  });
  return {
    acts: [
      compare(`"${ifname}"`, sandboxText("ip -j -d addr show", netns)),
      ...ipam.acts,
      compare("the other end of the pair", "ip -j -d addr show"),
      compare("routes", sandboxText("ip -j route show table all", netns)),
      compare("routes of the host", "ip -j route show table all"),
    ],
  };
}
