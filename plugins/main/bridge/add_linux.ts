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
  planBridgeAddresses,
} from "./addressing.ts";
import { undoBridge, useBridge } from "./bridge_undo_linux.ts";
import { type BridgeConfig, parseBridgeConfig } from "./config.ts";
import {
  type ChosenNames,
  planBridge,
  type PlanInput,
  planPort,
  planSandbox,
  showHostLink,
} from "./plan.ts";
import { awaitPortUp, awaitSettledAddresses } from "./settle_linux.ts";

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
    const [bridge] = await settled(
      readLink(config.bridge, { run }),
      checkSandbox(request, run),
    );
    const ipam = await allocate(request, config, { context, undo });
    const input = planInput(request, config, bridge, ipam?.addressing);
    const port = attach(input, { run, undo, lock });
    const masquerade = addRules(request, config, ipam, { run, undo });
    const [links] = await settled(port, masquerade);
    return resultOf(input, links, config.dns ?? ipam?.dns);
  }, warn);
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
  { netns, ifname }: Request,
  config: BridgeConfig,
  bridge: Link | undefined,
  addressing: Addressing | undefined,
): PlanInput {
  const gateways = addressing?.gateways ?? [];
  return {
    config,
    bridge,
    names: chooseNames(config),
    netns,
    ifname,
    bridgeAddresses: planBridgeAddresses(bridge, gateways, config),
    ...(addressing === undefined ? {} : { addressing }),
  };
}

/** Unique by chance, so that nothing has to be asked of the kernel first. */
function chooseNames({ mac }: BridgeConfig): ChosenNames {
  const bytes = crypto.getRandomValues(new Uint8Array(4));
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"));
  return {
    // NetworkManager leaves links of this prefix alone.
    hostName: `veth${hex.join("")}`,
    hostMac: randomMac(),
    containerMac: mac ?? randomMac(),
    bridgeMac: randomMac(),
  };
}

/** Makes bridge, pair and addresses; returns the host's links at the end. */
async function attach(
  input: PlanInput,
  { run, undo, lock }: Tools & { lock: Disposable },
): Promise<readonly Link[]> {
  const { config, netns, bridge, bridgeAddresses, names } = input;
  const options = { netns, run, undo };
  const bridgeSteps = planBridge(input);
  const before = { name: config.bridge, bridge, change: bridgeAddresses };
  undo.push(() => undoBridge(before, run));
  try {
    await applySteps([...bridgeSteps, ...planPort(input)], options);
  } finally {
    lock[Symbol.dispose]();
  }
  const shown = await applySteps(planSandbox(input), options);
  await awaitSettledAddresses(input, shown, options);
  const steps = [config.bridge, names.hostName].map(showHostLink);
  const links = (await applySteps(steps, options)).flatMap(parseLinks);
  if (config.disableContainerInterface) return links;
  return await awaitPortUp(links, names.hostName, options);
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
  { config, names, netns, ifname, addressing }: PlanInput,
  links: readonly Link[],
  dns: Dns | undefined,
): Result {
  const bridge = links.find((link) => link.name === config.bridge);
  return {
    interfaces: [
      { name: config.bridge, mac: bridge?.mac ?? names.bridgeMac },
      { name: names.hostName, mac: names.hostMac },
      { name: ifname, mac: names.containerMac, sandbox: netns },
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
