import { runCommand, sandboxText, UndoStack } from "../../../lib/linux/mod.ts";
import { createRecorder } from "../../../lib/firewall/mod.ts";
import type {
  Plan,
  PlanContext,
  PlannedAct,
  Request,
} from "../../../lib/plugin/mod.ts";
import type { Result } from "../../../lib/spec/mod.ts";
import {
  planIpam,
  readSandboxLinks,
  removeAttachmentMasquerade,
} from "../../shared/mod.ts";
import { stepActs, transactionActs } from "../../shared/planned/mod.ts";
import { addRules } from "./add_linux.ts";
import { type BridgeConfig, parseBridgeConfig } from "./config.ts";
import { readFacts } from "./facts_linux.ts";
import {
  planBridge,
  planGateway,
  type PlanInput,
  planPort,
  planSandbox,
} from "./plan.ts";
import { preparePair, preparePlan } from "./prepare.ts";
import { resultOf } from "./result.ts";
import { addSpoofCheck, removeSpoofCheck } from "./spoof_check_linux.ts";

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
  const config = parseBridgeConfig(request);
  const host = await readFacts(request, config, runCommand);
  const ipam = await planIpam(request, context);
  const pair = preparePair(request, config, host);
  const input = preparePlan(pair, ipam.result);
  const steps = [
    ...planBridge(input),
    ...planPort(input),
    ...planGateway(input),
    ...planSandbox(input),
  ];
  return {
    acts: [
      ...ipam.acts,
      ...stepActs(steps, request.netns),
      ...await ruleActs(request, input),
    ],
    result: plannedResult(input, config, ipam.result),
  };
}

async function ruleActs(
  request: Request,
  input: PlanInput,
): Promise<readonly PlannedAct[]> {
  const { config, names } = input;
  const { run, changes } = createRecorder(runCommand);
  const undo = new UndoStack();
  if (config.macSpoofCheck) {
    const source = { hostName: names.hostName, mac: names.containerMac };
    await addSpoofCheck(request, source, { run, undo });
  }
  await addRules(request, input, { run, undo });
  return transactionActs("add firewall rules of the attachment", changes);
}

/** What the ADD would return; of the bridge's address only what is known. */
function plannedResult(
  input: PlanInput,
  config: BridgeConfig,
  ipam: Result | undefined,
): Result {
  const links = input.bridge === undefined ? [] : [input.bridge];
  return resultOf(input, links, config.dns ?? ipam?.dns);
}

async function planDel(
  request: Request,
  context: PlanContext,
): Promise<Plan> {
  const { netns, ifname, config: { fields } } = request;
  const links = await readSandboxLinks(request, runCommand);
  const ipam = await planIpam(request, context);
  const { run, changes } = createRecorder(runCommand);
  if (fields.json("macspoofchk") === true) {
    await removeSpoofCheck(request, run);
  }
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
  const { bridge } = parseBridgeConfig(request);
  const { netns, ifname } = request;
  const ipam = await planIpam(request, context);
  const inSandbox = (command: string) => sandboxText(command, netns);
  return {
    acts: [
      {
        purpose: `compare "${ifname}" with prevResult`,
        command: inSandbox("ip -j -d addr show"),
      },
      {
        purpose: `compare "${bridge}" with prevResult`,
        command: `ip -j -d addr show dev ${bridge}`,
      },
      ...ipam.acts,
      {
        purpose: "compare the routes with prevResult",
        command: inSandbox("ip -j route show table all"),
      },
    ],
  };
}
