import { parseCidr, randomMac } from "../../../lib/net/mod.ts";
import {
  addMasquerade,
  applySteps,
  type Link,
  parseLinks,
  readLink,
  requireSandbox,
  type Run,
  runCommand,
  type UndoStack,
  withUndo,
} from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import {
  CniCode,
  CniError,
  type Dns,
  type Result,
} from "../../../lib/spec/mod.ts";
import {
  type Addressing,
  completeAddressing,
  planGatewayAddresses,
} from "./addressing.ts";
import { attachmentAlias } from "./alias.ts";
import { undoBridge, useBridge } from "./bridge_undo_linux.ts";
import { type BridgeConfig, parseBridgeConfig } from "./config.ts";
import {
  type ChosenNames,
  type GatewayLink,
  planBridge,
  type PlanInput,
  planPort,
  planSandbox,
  showHostLink,
} from "./plan.ts";
import { awaitPortUp, awaitSettledAddresses } from "./settle_linux.ts";
import { addSpoofCheck } from "./spoof_check_linux.ts";
import { isVlanFiltering, vlanLinkName } from "./vlan.ts";

/** What the IPAM plugin gave, completed. */
interface Ipam {
  readonly addressing: Addressing;
  readonly dns?: Dns;
}

/**
 * Attaches the container to the bridge (CNI 1.1.0, section 2, "ADD"). All that
 * can be checked is checked first; a failure after that takes back all that
 * was done.
 */
export async function addBridge(
  request: Request,
  context: Context,
): Promise<Result> {
  const config = parseBridgeConfig(request);
  const run = runCommand;
  const warn = (message: string) => context.warn(message);
  return await withUndo(async (undo) => {
    const lock = await useBridge(config.bridge);
    undo.push(() => Promise.resolve(lock[Symbol.dispose]()));
    const [host] = await settled(
      readHost(config, run),
      checkSandbox(request, run),
    );
    const ipam = await allocate(request, config, { context, undo });
    const input = planInput(request, config, host, ipam?.addressing);
    warnOfVlans(input, warn);
    const port = attach(request, input, { run, undo, lock });
    const masquerade = addRules(request, config, ipam, { run, undo });
    const [links] = await settled(port, masquerade);
    return resultOf(input, links, config.dns ?? ipam?.dns);
  }, warn);
}

/** The links of the host that an ADD finds, if they are there. */
interface HostLinks {
  readonly bridge: Link | undefined;
  readonly gateway: GatewayLink;
}

async function readHost(config: BridgeConfig, run: Run): Promise<HostLinks> {
  const { bridge: name, vlans, isGateway, ipamType } = config;
  const hasVlanLink = vlans.vlan !== 0 && isGateway && ipamType !== undefined;
  if (!hasVlanLink) {
    const bridge = await readLink(name, { run });
    return { bridge, gateway: { name, link: bridge } };
  }
  const vlanName = vlanLinkName(name, vlans.vlan);
  const [bridge, link] = await settled(
    readLink(name, { run }),
    readLink(vlanName, { run }),
  );
  return { bridge, gateway: { name: vlanName, link } };
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

interface Tools {
  readonly run: Run;
  readonly undo: UndoStack;
}

async function checkSandbox(
  { netns, netnsOverride, ifname }: Request,
  run: Run,
): Promise<void> {
  const links = await requireSandbox(netns, { run, override: netnsOverride });
  if (!links.some((link) => link.name === ifname)) return;
  const message = `container veth name "${ifname}" already exists`;
  throw new CniError(CniCode.Internal, message, {
    details: `CNI_IFNAME is "${ifname}", which is in ${netns} already: DEL ` +
      "that attachment first, or choose another name",
  });
}

/** Has the IPAM plugin allocate addresses; undone by its DEL. */
async function allocate(
  request: Request,
  config: BridgeConfig,
  { context, undo }: { context: Context; undo: UndoStack },
): Promise<Ipam | undefined> {
  const { ipamType } = config;
  if (ipamType === undefined) return undefined;
  const result = await context.delegate(ipamType, request);
  undo.push(async () => {
    await context.delegate(ipamType, { ...request, command: "DEL" });
  });
  const addressing = completeAddressing(result, config);
  return { addressing, ...(result.dns ? { dns: result.dns } : {}) };
}

function planInput(
  request: Request,
  config: BridgeConfig,
  { bridge, gateway }: HostLinks,
  addressing: Addressing | undefined,
): PlanInput {
  const gateways = addressing?.gateways ?? [];
  return {
    config,
    bridge,
    names: chooseNames(config),
    netns: request.netns,
    ifname: request.ifname,
    alias: attachmentAlias(request),
    gateway,
    gatewayAddresses: planGatewayAddresses(gateway, gateways, config),
    ...(addressing === undefined ? {} : { addressing }),
  };
}

/** Unique by chance, so that nothing has to be asked of the kernel first. */
function chooseNames({ mac }: BridgeConfig): ChosenNames {
  return {
    hostName: randomHostName(),
    hostMac: randomMac(),
    containerMac: mac ?? randomMac(),
    bridgeMac: randomMac(),
    vlanPeerName: randomHostName(),
  };
}

/** NetworkManager leaves links of this prefix alone. */
function randomHostName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(4));
  return "veth" +
    Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Makes bridge, pair and addresses; returns the host's links at the end. */
async function attach(
  request: Request,
  input: PlanInput,
  { run, undo, lock }: Tools & { lock: Disposable },
): Promise<readonly Link[]> {
  const { config, netns, names } = input;
  const options = { netns, run, undo };
  // Before anything is done, for a bridge of another kind is left alone.
  const steps = [...planBridge(input), ...planPort(input)];
  undo.push(() => undoBridge(input, run));
  try {
    // The rules are there before the container can send anything.
    await settled(
      applySteps(steps, options),
      addFrameRules(request, input, { run, undo }),
    );
  } finally {
    lock[Symbol.dispose]();
  }
  const shown = await applySteps(planSandbox(input), options);
  await awaitSettledAddresses(input, shown, options);
  const shownNames = new Set([
    ...[config.bridge, names.hostName, input.gateway.name],
  ]);
  const shows = [...shownNames].map(showHostLink);
  const links = (await applySteps(shows, options)).flatMap(parseLinks);
  if (config.disableContainerInterface) return links;
  return await awaitPortUp(links, names.hostName, options);
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
  { config, containerId, ifname }: Request,
  { ipMasq, ipMasqBackend: backend }: BridgeConfig,
  ipam: Ipam | undefined,
  tools: Tools,
): Promise<void> {
  if (!ipMasq || ipam === undefined) return;
  const ips = ipam.addressing.ips.map((ip) => parseCidr(ip.address));
  const masquerade = { network: config.name, containerId, ifname, ips };
  await addMasquerade(masquerade, { ...tools, backend });
}

function resultOf(
  { config, names, netns, ifname, gateway, addressing }: PlanInput,
  links: readonly Link[],
  dns: Dns | undefined,
): Result {
  const hostInterface = (name: string) => {
    const mac = links.find((link) => link.name === name)?.mac;
    return mac === undefined ? { name } : { name, mac };
  };
  return {
    interfaces: [
      hostInterface(config.bridge),
      { name: names.hostName, mac: names.hostMac },
      { name: ifname, mac: names.containerMac, sandbox: netns },
      ...(gateway.name === config.bridge ? [] : [hostInterface(gateway.name)]),
    ],
    ...(addressing === undefined
      ? {}
      : { ips: addressing.ips, routes: addressing.routes }),
    ...(dns === undefined ? {} : { dns }),
  };
}

/**
 * Both values, or the first error, but only when both have ended: what has
 * been begun must be over before it is undone.
 */
async function settled<A, B>(
  first: Promise<A>,
  second: Promise<B>,
): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return [await first, await second];
}
