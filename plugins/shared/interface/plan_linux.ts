import { createRecorder } from "../../../lib/firewall/mod.ts";
import { runCommand, sandboxText, UndoStack } from "../../../lib/linux/mod.ts";
import type {
  Plan,
  PlanContext,
  PlannedAct,
  Request,
} from "../../../lib/plugin/mod.ts";
import { planIpam } from "../ipam.ts";
import {
  addAttachmentMasquerade,
  removeAttachmentMasquerade,
} from "../masquerade_linux.ts";
import { stepActs, transactionActs } from "../planned/mod.ts";
import { findAttached } from "./find_attached_linux.ts";
import type { InterfaceConfig, InterfaceKind } from "./kind.ts";
import { lookAround } from "./look_linux.ts";
import { addressingOf, dnsIn, resultOf } from "./result.ts";

/** What a plan is made with. */
interface Planning {
  readonly request: Request;
  readonly context: PlanContext;
}

/** Says what a command would do, and does none of it. */
export function planInterface<Config extends InterfaceConfig, Facts>(
  kind: InterfaceKind<Config, Facts>,
  planning: Planning,
): Promise<Plan> {
  switch (planning.request.command) {
    case "ADD":
      return planAdd(kind, planning);
    case "DEL":
      return planDel(kind, planning);
    default:
      return planCheck(kind, planning);
  }
}

async function planAdd<Config extends InterfaceConfig, Facts>(
  kind: InterfaceKind<Config, Facts>,
  { request, context }: Planning,
): Promise<Plan> {
  const config = kind.parse(request);
  const facts = await lookAround(kind, { request, config, run: runCommand });
  const ipam = await planIpam(request, context);
  const design = kind.design(request, { config, facts });
  const { ipamType, ipMasq = false, ipMasqBackend } = config;
  const known = { config, ipam: ipam.result };
  const given = addressingOf(design, known);
  const finish = design.finish(given);
  const { addressing = given, host = [], sandbox } = finish;
  const { run, changes } = createRecorder(runCommand);
  const tools = { run, undo: new UndoStack() };
  await design.rules?.(tools);
  if (kind.masquerades) {
    const ips = addressing?.ips ?? [];
    const masquerade = { ipMasq, ipMasqBackend, ips };
    await addAttachmentMasquerade(request, masquerade, tools);
  }
  const steps = [...design.link, ...host, ...sandbox];
  const acts = [
    ...ipam.acts,
    ...(design.first === undefined ? [] : [design.first.planned]),
    ...stepActs(steps, request.netns),
    ...transactionActs("add firewall rules of the attachment", changes),
  ];
  // An IPAM plugin that cannot plan leaves the result open.
  if (ipamType !== undefined && ipam.result === undefined) return { acts };
  const dns = dnsIn(kind, known);
  return { acts, result: resultOf(design, { addressing, dns, links: [] }) };
}

async function planDel<Config extends InterfaceConfig, Facts>(
  kind: InterfaceKind<Config, Facts>,
  { request, context }: Planning,
): Promise<Plan> {
  const { netns, ifname } = request;
  const { links, link, hostEnds } = await findAttached(
    kind,
    request,
    runCommand,
  );
  const ipam = await planIpam(request, context);
  const { run, changes } = createRecorder(runCommand);
  await kind.removeRules?.(request, run);
  if (kind.masquerades) await removeAttachmentMasquerade(request, links, run);
  const removed = kind.hasHostEnd ? "pair of" : kind.noun;
  const removalOf = (command: string): PlannedAct => ({
    purpose: `remove the ${removed} "${ifname}"`,
    command,
  });
  const act = link &&
    (kind.giveBack === undefined
      ? removalOf(sandboxText(`ip link del dev ${link.name}`, netns))
      : kind.giveBack.plan(request, link));
  return {
    acts: [
      ...(act === undefined ? [] : [act]),
      ...hostEnds.map(({ name }) => removalOf(`ip link del dev ${name}`)),
      ...ipam.acts,
      ...transactionActs("remove firewall rules of the attachment", changes),
    ],
  };
}

async function planCheck<Config extends InterfaceConfig, Facts>(
  kind: InterfaceKind<Config, Facts>,
  { request, context }: Planning,
): Promise<Plan> {
  const config = kind.parse(request);
  const { netns, ifname } = request;
  const ipam = await planIpam(request, context);
  const compare = ([what, command]: readonly [string, string]): PlannedAct => ({
    purpose: `compare ${what} with prevResult`,
    command,
  });
  const inside = (command: string) => sandboxText(command, netns);
  return {
    acts: [
      compare([`"${ifname}"`, inside("ip -j -d addr show")]),
      ...ipam.acts,
      ...(kind.compared?.(config) ?? []).map(compare),
      compare(["routes", inside("ip -j route show table all")]),
    ],
  };
}
