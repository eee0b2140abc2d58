import { runCommand, sandboxText } from "../../../lib/linux/mod.ts";
import type {
  Plan,
  PlanContext,
  PlannedAct,
  Request,
} from "../../../lib/plugin/mod.ts";
import { planIpam, readSandboxLinks } from "../../shared/mod.ts";
import { stepActs } from "../../shared/planned/mod.ts";
import { parseTapConfig } from "./config.ts";
import { checkSandbox } from "./facts_linux.ts";
import { deviceText } from "./make_device_linux.ts";
import { planAttributes, planDevice, planSandbox } from "./plan.ts";
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
  const { netns } = request;
  const config = parseTapConfig(request);
  await checkSandbox(request, config, runCommand);
  const ipam = await planIpam(request, context);
  const input = preparePlan(prepareLink(request, config), ipam.result);
  const device: PlannedAct = {
    purpose: planDevice(input).purpose,
    command: sandboxText(deviceText(input), netns),
  };
  const steps = [...planAttributes(input), ...planSandbox(input)];
  return {
    acts: [...ipam.acts, device, ...stepActs(steps, netns)],
    result: resultOf(input, config.dns ?? ipam.result?.dns),
  };
}

async function planDel(
  request: Request,
  context: PlanContext,
): Promise<Plan> {
  const { netns, ifname } = request;
  const links = await readSandboxLinks(request, runCommand);
  const ipam = await planIpam(request, context);
  const removal: PlannedAct = {
    purpose: `remove "${ifname}"`,
    command: sandboxText(`ip link del dev ${ifname}`, netns),
  };
  const isThere = links.some((link) => link.name === ifname);
  return { acts: [...(isThere ? [removal] : []), ...ipam.acts] };
}

async function planCheck(
  request: Request,
  context: PlanContext,
): Promise<Plan> {
  parseTapConfig(request);
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
