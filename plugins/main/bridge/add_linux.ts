import {
  applySteps,
  type LinkState,
  readLinkStates,
  type Run,
  type Shells,
  type Step,
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
import { readFacts } from "./facts_linux.ts";
import {
  type PairInput,
  planBridge,
  planGateway,
  type PlanInput,
  planPort,
  planSandbox,
} from "./plan.ts";
import { preparePair, preparePlan } from "./prepare.ts";
import { isPlain, tryPair } from "./quick_pair_linux.ts";
import { resultOf } from "./result.ts";
import { addSpoofCheck } from "./spoof_check_linux.ts";
import { isVlanFiltering } from "./vlan.ts";

/** What was begun before this file was loaded. */
export interface AddStart {
  readonly config: BridgeConfig;
  /** The host's is started. */
  readonly shells: Shells;
  /** Says that the bridge is in use, from before it was looked at. */
  readonly lock: Disposable;
  /** Fails if there is no namespace to attach. */
  readonly entered: Promise<void>;
}

/**
 * Attaches the container to the bridge (CNI 1.1.0, section 2, "ADD"). Addresses
 * are allocated while the pair is made; a failure of either, or later, takes
 * back all that was done.
 */
export async function addBridge(
  request: Request,
  context: Context,
  { config, shells, lock, entered }: AddStart,
): Promise<Result> {
  const { run } = shells;
  const runAside = config.ipMasq ? shells.open() : run;
  const warn = (message: string) => context.warn(message);
  return await withUndo(async (undo) => {
    let input: PlanInput | undefined;
    undo.push(async () => {
      if (input !== undefined) await undoBridge(input, run);
    });
    const { pair, ipam, rest } = await makePair(request, config, {
      ...{ run, undo, lock, entered },
      allocate: () =>
        allocateAddresses(request, config.ipamType, { context, undo }),
      onLook: (pair) => {
        warnOfVlans(pair, warn);
        input = preparePlan(pair, undefined);
      },
    });
    const plan = input = preparePlan(pair, ipam);
    const [links] = await settled(
      configure(plan, rest, { run, undo }),
      addRules(request, plan, { run: runAside, undo }),
    );
    return resultOf(plan, links, config.dns ?? ipam?.dns);
  }, warn);
}

/** What {@linkcode makePair} needs besides request and configuration. */
interface PairTools {
  readonly run: Run;
  readonly undo: UndoStack;
  readonly lock: Disposable;
  readonly entered: Promise<void>;
  readonly allocate: () => Promise<Result | undefined>;
  /** Is told what the host is like, before what others share is changed. */
  readonly onLook: (pair: PairInput) => void;
}

/** The pair is there, and the addresses are the container's. */
interface MadePair {
  readonly pair: PairInput;
  readonly ipam: Result | undefined;
  /** What is left to be done to the bridge. */
  readonly rest: readonly Step[];
}

/**
 * Makes the pair while addresses are allocated: at once, or, where that cannot
 * be tried or does not work, after a look at the host, which tells what is
 * wrong if something is.
 */
async function makePair(
  request: Request,
  config: BridgeConfig,
  { run, undo, lock, entered, allocate, onLook }: PairTools,
): Promise<MadePair> {
  using _untilPortIsOn = lock;
  const draft = preparePair(request, config);
  const trial = isPlain(config)
    ? tryPair(request, draft, { netns: draft.netns, run, undo })
    : undefined;
  const early = trial && entered.then(allocate);
  await Promise.allSettled([trial, early]);
  const made = await trial;
  const host = made ?? await readFacts(request, config, run);
  const pair = { ...draft, ...host };
  onLook(pair);
  const [ipam] = await settled(
    early ?? allocate(),
    made ? Promise.resolve() : makePort(request, pair, { run, undo }),
  );
  return { pair, ipam, rest: made ? planBridge(pair) : [] };
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
async function makePort(
  request: Request,
  pair: PairInput,
  { run, undo }: Tools,
): Promise<void> {
  const options = { netns: pair.netns, run, undo };
  // The rules are there before the container can send anything.
  await settled(
    applySteps([...planBridge(pair), ...planPort(pair)], options),
    addFrameRules(request, pair, { run, undo }),
  );
}

/**
 * Does the rest of what is to be done to the bridge, and sets gateways,
 * addresses and routes; returns the host's links at the end.
 */
async function configure(
  input: PlanInput,
  rest: readonly Step[],
  { run, undo }: Tools,
): Promise<readonly LinkState[]> {
  const { config, netns, names } = input;
  const options = { netns, run, undo };
  const [shown] = await settled(
    applySteps(planSandbox(input), options),
    applySteps([...rest, ...planGateway(input)], options),
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
