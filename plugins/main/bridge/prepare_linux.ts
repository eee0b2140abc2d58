import { randomMac } from "../../../lib/net/mod.ts";
import {
  type Link,
  readLink,
  requireSandbox,
  type Run,
} from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError, type Result } from "../../../lib/spec/mod.ts";
import { completeAddressing, planGatewayAddresses } from "./addressing.ts";
import { attachmentAlias } from "./alias.ts";
import type { BridgeConfig } from "./config.ts";
import {
  type ChosenNames,
  type GatewayLink,
  type PlanInput,
  requireBridgeKind,
} from "./plan.ts";
import { vlanLinkName } from "./vlan.ts";

/** The links of the host that an ADD finds, if they are there. */
export interface HostLinks {
  readonly bridge: Link | undefined;
  readonly gateway: GatewayLink;
}

/**
 * Reads what an ADD has to know of host and container, and refuses what cannot
 * be done whatever the addresses will be.
 *
 * @throws {CniError} Code 7 if the bridge's name belongs to another kind of
 * link, code 8 if there is no sandbox, code 999 if the interface's name is
 * taken in it.
 */
export async function readFacts(
  request: Request,
  config: BridgeConfig,
  run: Run,
): Promise<HostLinks> {
  const [host] = await settled(
    readHost(config, run),
    checkSandbox(request, run),
  );
  requireBridgeKind(host.bridge, config.bridge);
  return host;
}

/**
 * Puts together what the steps of an ADD follow from.
 *
 * @param ipam The IPAM plugin's result; absent for a layer-2 network.
 * @throws {CniError} Code 7 if an address of the bridge is in the way, code
 * 999 if the IPAM plugin gave no address.
 */
export function preparePlan(
  request: Request,
  config: BridgeConfig,
  { bridge, gateway, ipam }: HostLinks & { ipam: Result | undefined },
): PlanInput {
  const addressing = ipam && completeAddressing(ipam, config);
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

/**
 * Both values, or the first error, but only when both have ended: what has
 * been begun must be over before it is undone.
 */
export async function settled<A, B>(
  first: Promise<A>,
  second: Promise<B>,
): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return [await first, await second];
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
