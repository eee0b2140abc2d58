import {
  applySteps,
  type LinkState,
  readLinkStates,
  type Run,
  type UndoStack,
  withUndo,
} from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import type { Result } from "../../../lib/spec/mod.ts";
import {
  addAttachmentMasquerade,
  allocateAddresses,
  awaitLinkUp,
  awaitSettledAddresses,
  settled,
} from "../../shared/mod.ts";
import { undoBridge } from "./bridge_undo_linux.ts";
import type { BridgeConfig } from "./config.ts";
import type { HostLinks } from "./host_links.ts";
import {
  type PairInput,
  planBridge,
  planGateway,
  type PlanInput,
  planPort,
  planSandbox,
} from "./plan.ts";
import { preparePair, preparePlan } from "./prepare.ts";
import { resultOf } from "./result.ts";
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
}

/**
 * Attaches the container to the bridge (CNI 1.1.0, section 2, "ADD"). Addresses
 * are allocated while the pair is made; a failure of either, or later, takes
 * back all that was done.
 */
export async function addBridge(
  request: Request,
  context: Context,
  { config, run, runAside, lock, facts }: AddStart,
): Promise<Result> {
  const warn = (message: string) => context.warn(message);
  return await withUndo(async (undo) => {
    const pair = preparePair(request, config, await facts);
    warnOfVlans(pair, warn);
    let input = preparePlan(pair, undefined);
    undo.push(() => undoBridge(input, run));
    const [, ipam] = await settled(
      makePair(request, pair, { run, undo, lock }),
      allocateAddresses(request, config.ipamType, { context, undo }),
    );
    input = preparePlan(pair, ipam);
    const [links] = await settled(
      configure(input, { run, undo }),
      addRules(request, input, { run: runAside, undo }),
    );
    return resultOf(input, links, config.dns ?? ipam?.dns);
  }, warn);
}

interface Tools {
  readonly run: Run;
  readonly undo: UndoStack;
}

function warnOfVlans(
  { config, bridge }: PairInput,
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

/** Makes the bridge, if it is not there, and the pair with its port on it. */
async function makePair(
  request: Request,
  pair: PairInput,
  { run, undo, lock }: Tools & { lock: Disposable },
): Promise<void> {
  const options = { netns: pair.netns, run, undo };
  try {
    // The rules are there before the container can send anything.
    await settled(
      applySteps([...planBridge(pair), ...planPort(pair)], options),
      addFrameRules(request, pair, { run, undo }),
    );
  } finally {
    lock[Symbol.dispose]();
  }
}

/** Sets gateways, addresses and routes; returns the host's links at the end. */
async function configure(
  input: PlanInput,
  { run, undo }: Tools,
): Promise<readonly LinkState[]> {
  const { config, netns, names } = input;
  const options = { netns, run, undo };
  const [shown] = await settled(
    applySteps(planSandbox(input), options),
    applySteps(planGateway(input), options),
  );
  const settling = {
    ifname: input.ifname,
    ips: input.addressing?.ips ?? [],
    remedy: "set enabledad to false to go without it",
  };
  await awaitSettledAddresses(settling, shown, options);
  const shownNames = [config.bridge, names.hostName, input.gateway.name];
  const links = await readLinkStates([...new Set(shownNames)], run);
  if (!config.disableContainerInterface) {
    const port = { name: names.hostName, what: "bridge port" };
    await awaitLinkUp(port, links, run);
  }
  return links;
}

async function addFrameRules(
  { containerId, ifname }: Request,
  { config, names }: PairInput,
  tools: Tools,
): Promise<void> {
  if (!config.macSpoofCheck) return;
  const source = { hostName: names.hostName, mac: names.containerMac };
  await addSpoofCheck({ containerId, ifname }, source, tools);
}

/** Adds the attachment's masquerade rules, if it is to have any. */
export async function addRules(
  request: Request,
  input: PlanInput,
  tools: Tools,
): Promise<void> {
  const ips = input.addressing?.ips ?? [];
  await addAttachmentMasquerade(request, { ...input.config, ips }, tools);
}
