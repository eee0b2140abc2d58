import { runCommand, sandboxText } from "../../../lib/linux/mod.ts";
import type {
  Plan,
  PlanContext,
  PlannedAct,
  Request,
} from "../../../lib/plugin/mod.ts";
import {
  interfaceSteps,
  planIpam,
  readSandboxLinks,
  requireFreeName,
} from "../../shared/mod.ts";
import { stepActs } from "../../shared/planned/mod.ts";
import { parseHostDeviceConfig } from "./config.ts";
import { selectDevice } from "./devices.ts";
import { readDevices } from "./facts_linux.ts";
import { originOf, planMove } from "./plan.ts";
import { addressingOf, resultOf } from "./result.ts";

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
  const config = parseHostDeviceConfig(request);
  const { selector } = config;
  await requireFreeName(request, "device", runCommand);
  const device = selectDevice(
    selector,
    await readDevices(selector, runCommand),
  );
  const ipam = await planIpam(request, context);
  const addressing = addressingOf(ipam.result, config);
  const steps = device.kind === "link"
    ? [
      ...planMove(device.link, request),
      ...interfaceSteps(request.ifname, addressing),
    ]
    : [];
  const dns = config.dns ?? ipam.result?.dns;
  return {
    acts: [...ipam.acts, ...stepActs(steps, request.netns)],
    result: resultOf(request, { device, addressing, dns }),
  };
}

async function planDel(
  request: Request,
  context: PlanContext,
): Promise<Plan> {
  const { netns, ifname } = request;
  const links = await readSandboxLinks(request, runCommand);
  const ipam = await planIpam(request, context);
  const link = links.find(({ name }) => name === ifname);
  const origin = link && originOf(link);
  const words = `ip link set dev ${ifname} name ${origin} alias "" netns 1`;
  const act: PlannedAct = {
    purpose: `give "${ifname}" back to the host as "${origin}"`,
    command: sandboxText(words, netns),
  };
  return { acts: [...(origin === undefined ? [] : [act]), ...ipam.acts] };
}

async function planCheck(
  request: Request,
  context: PlanContext,
): Promise<Plan> {
  parseHostDeviceConfig(request);
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
