import { parseCidr } from "../../../lib/net/mod.ts";
import {
  addMasquerade,
  applySteps,
  type LinkState,
  type Masquerade,
  readLinkStates,
  type Run,
  type UndoStack,
  withUndo,
} from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import type { Result } from "../../../lib/spec/mod.ts";
import { undoBridge } from "./bridge_undo_linux.ts";
import type { BridgeConfig } from "./config.ts";
import { InterfaceTakenError, settled } from "./facts_linux.ts";
import type { HostLinks } from "./host_links.ts";
import { planBridge, type PlanInput, planPort, planSandbox } from "./plan.ts";
import { preparePlan } from "./prepare.ts";
import { resultOf } from "./result.ts";
import { awaitPortUp, awaitSettledAddresses } from "./settle_linux.ts";
import { addSpoofCheck } from "./spoof_check_linux.ts";
import { isVlanFiltering } from "./vlan.ts";

/** What was begun before this file was loaded. */
export interface AddStart {
  readonly config: BridgeConfig;
  /** Runs commands in shells that stay. */
  readonly run: Run;
  /** Runs commands beside those. */
  readonly runAside: Run;
  /** Says that the bridge is in use, from before it was looked at. */
  readonly lock: Disposable;
  readonly facts: Promise<HostLinks>;
  /** The IPAM plugin's result; `undefined` for a layer-2 network. */
  readonly ipam: Promise<Result | undefined>;
}

/**
 * Attaches the container to the bridge (CNI 1.1.0, section 2, "ADD"). All that
 * can be checked is checked first; a failure after that takes back all that
 * was done.
 */
export async function addBridge(
  request: Request,
  context: Context,
  start: AddStart,
): Promise<Result> {
  const { config, run, runAside, lock } = start;
  const warn = (message: string) => context.warn(message);
  return await withUndo(async (undo) => {
    const { host, ipam } = await awaitStart(request, start, { context, undo });
    const input = preparePlan(request, config, { ...host, ipam });
    warnOfVlans(input, warn);
    const port = attach(request, input, { run, undo, lock });
    const rules = addRules(request, input, { run: runAside, undo });
    const [links] = await settled(port, rules);
    return resultOf(input, links, config.dns ?? ipam?.dns);
  }, warn);
}

interface Tools {
  readonly run: Run;
  readonly undo: UndoStack;
}

/**
 * Awaits the facts and the addresses; these are undone by the IPAM plugin's
 * DEL. Not so if the container has such an interface: then there is an
 * attachment, and what the IPAM plugin holds may be all its own.
 */
async function awaitStart(
  request: Request,
  { config: { ipamType }, facts, ipam }: AddStart,
  { context, undo }: { context: Context; undo: UndoStack },
): Promise<{ host: HostLinks; ipam: Result | undefined }> {
  const [hostEnd, ipamEnd] = await Promise.allSettled([facts, ipam]);
  const isAttached = hostEnd.status === "rejected" &&
    hostEnd.reason instanceof InterfaceTakenError;
  if (ipamEnd.status === "fulfilled" && ipamType && !isAttached) {
    undo.push(async () => {
      await context.delegate(ipamType, { ...request, command: "DEL" });
    });
  }
  return { host: await facts, ipam: await ipam };
}

function warnOfVlans(
  { config, bridge }: PlanInput,
  warn: (message: string) => void,
): void {
  const { bridge: name, vlans } = config;
  if (!isVlanFiltering(vlans) || bridge?.vlans?.isFiltering !== false) return;
  warn(
    `bridge "${name}" was there before and does not tell VLANs apart, so ` +
      "vlan and vlanTrunk have no effect: ip link set dev " +
      `${name} type bridge vlan_filtering 1`,
  );
}

/** Makes bridge, pair and addresses; returns the host's links at the end. */
async function attach(
  request: Request,
  input: PlanInput,
  { run, undo, lock }: Tools & { lock: Disposable },
): Promise<readonly LinkState[]> {
  const { config, netns, names } = input;
  const options = { netns, run, undo };
  undo.push(() => undoBridge(input, run));
  try {
    // The rules are there before the container can send anything.
    await settled(
      applySteps([...planBridge(input), ...planPort(input)], options),
      addFrameRules(request, input, { run, undo }),
    );
  } finally {
    lock[Symbol.dispose]();
  }
  const shown = await applySteps(planSandbox(input), options);
  await awaitSettledAddresses(input, shown, options);
  const shownNames = [config.bridge, names.hostName, input.gateway.name];
  const links = await readLinkStates([...new Set(shownNames)], run);
  if (!config.disableContainerInterface) {
    await awaitPortUp(links, names.hostName, run);
  }
  return links;
}

async function addFrameRules(
  { containerId, ifname }: Request,
  { config, names }: PlanInput,
  tools: Tools,
): Promise<void> {
  if (!config.macSpoofCheck) return;
  const source = { hostName: names.hostName, mac: names.containerMac };
  await addSpoofCheck({ containerId, ifname }, source, tools);
}

async function addRules(
  request: Request,
  input: PlanInput,
  tools: Tools,
): Promise<void> {
  const masquerade = masqueradeOf(request, input);
  if (masquerade === undefined) return;
  const backend = input.config.ipMasqBackend;
  await addMasquerade(masquerade, { ...tools, backend });
}

/** What is to be masqueraded, if anything is. */
export function masqueradeOf(
  { config, containerId, ifname }: Request,
  { config: { ipMasq }, addressing }: PlanInput,
): Masquerade | undefined {
  if (!ipMasq || addressing === undefined) return undefined;
  const ips = addressing.ips.map((ip) => parseCidr(ip.address));
  return { network: config.name, containerId, ifname, ips };
}
