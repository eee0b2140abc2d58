import { formatCidr } from "../../../lib/net/mod.ts";
import {
  type IpStep,
  ipStep,
  type Link,
  type Step,
  type SysctlStep,
} from "../../../lib/linux/mod.ts";
import {
  addressStep,
  type FinishOptions,
  forwardingSteps,
  interfaceSteps,
  optionalSysctl,
  setUpStep,
  vethStep,
} from "../../shared/mod.ts";
import type { BridgeAddressing, GatewayAddressChange } from "./addressing.ts";
import type { BridgeConfig } from "./config.ts";
import type { GatewayLink } from "./host_links.ts";
import { isVlanFiltering, ownVlanStep, planPortVlans } from "./vlan.ts";

/** The values that only need to be unique, chosen before anything is done. */
export interface ChosenNames {
  /** The veth pair's end in the host. */
  readonly hostName: string;
  readonly hostMac: string;
  readonly containerMac: string;
  /** Used if the bridge has to be made. */
  readonly bridgeMac: string;
  /** The bridge's end of the host's interface in a VLAN, if that is a pair. */
  readonly vlanPeerName: string;
}

/** What the steps follow from that need no addresses. */
export interface PairInput {
  readonly config: BridgeConfig;
  /** The bridge as it is now, if it is there. */
  readonly bridge: Link | undefined;
  readonly names: ChosenNames;
  readonly netns: string;
  readonly containerId: string;
  readonly ifname: string;
  /** Tells, on the host's end, whose the pair is; see `linkAlias`. */
  readonly alias: string | undefined;
  readonly gateway: GatewayLink;
}

/** What all steps of an ADD follow from. */
export interface PlanInput extends PairInput {
  /** Absent for a layer-2 network. */
  readonly addressing?: BridgeAddressing;
  /** What to change of the gateway link's addresses. */
  readonly gatewayAddresses: GatewayAddressChange;
}

/**
 * The steps that make the bridge what it must be. They bear no undo, as the
 * bridge is shared: see `undoBridge`.
 */
export function planBridge(input: PairInput): readonly Step[] {
  const { config, bridge, names } = input;
  const name = config.bridge;
  return [
    ...(bridge === undefined ? [createBridge(config, names.bridgeMac)] : []),
    ...(config.promiscMode
      ? [host(`make "${name}" promiscuous`, [
        ...["link", "set", "dev", name, "promisc", "on"],
      ])]
      : []),
    ...(bridge?.flags.includes("UP")
      ? []
      : [host(`set "${name}" up`, ["link", "set", "dev", name, "up"])]),
    ...planVlanLink(input),
    optionalSysctl("host", acceptRaKey(name), "0"),
  ];
}

/**
 * The steps that make the host the container's gateway. They bear no undo, as
 * the bridge is shared: see `undoBridge`.
 */
export function planGateway(input: PlanInput): readonly Step[] {
  return [
    ...planGatewayAddresses(input),
    ...planPinning(input),
    ...forwardingSteps(
      new Set(input.addressing?.gateways.map(({ address }) => address.family)),
    ),
  ];
}

/** The steps that make the veth pair and its port on the bridge. */
export function planPort(input: PairInput): readonly Step[] {
  const { config, names, netns, ifname, alias } = input;
  const { hostName } = names;
  const { mtuBytes } = config;
  return [
    vethStep({ ...names, ifname, netns, mtuBytes }),
    host(`attach "${hostName}" to "${config.bridge}"`, [
      ...["link", "set", "dev", hostName, "master", config.bridge],
      ...(alias === undefined ? [] : ["alias", alias]),
    ]),
    host(`set the bridge port "${hostName}"`, [
      ...["link", "set", "dev", hostName, "up", "type", "bridge_slave"],
      ...["hairpin", onOff(config.hairpinMode)],
      ...["isolated", onOff(config.portIsolation)],
    ]),
    ...planPortVlans(hostName, config.vlans, defaultVlanOf(input.bridge)),
    // Only now: a port passes what it receives to the bridge, so no router
    // advertisement reaches it.
    optionalSysctl("host", acceptRaKey(hostName), "0"),
  ];
}

/** The steps that set the container's end up, before it has addresses. */
export function planReady(input: PairInput): readonly Step[] {
  return [...parameterSteps(input), setUpStep("sandbox", input.ifname)];
}

/**
 * The steps in the container's namespace. The last one shows the interface, if
 * duplicate address detection may have to be awaited.
 */
export function planSandbox(
  input: PlanInput,
  { isReady = false }: FinishOptions = {},
): readonly Step[] {
  const { config, ifname, addressing } = input;
  if (config.disableContainerInterface) return [];
  if (addressing === undefined) return interfaceSteps(ifname, undefined);
  return [
    ...(isReady ? [] : parameterSteps(input)),
    ...interfaceSteps(ifname, addressing, {
      isUp: isReady,
      // Without detection by the kernel there is nothing to wait for.
      isAlone: !config.enableDad,
    }),
  ];
}

function parameterSteps({ config, ifname }: PairInput): readonly SysctlStep[] {
  return [
    ...dadSteps(ifname, config.enableDad),
    optionalSysctl("sandbox", `net/ipv4/conf/${ifname}/arp_notify`, "1"),
  ];
}

/**
 * The host's interface in the port's VLAN, and what it needs of the bridge. One
 * that is there is kept: the Go plugin makes a veth.
 */
function planVlanLink(input: PairInput): readonly Step[] {
  const { config: { bridge, vlans: { vlan } }, gateway } = input;
  const { name, link, ownVlan = "none" } = gateway;
  if (name === bridge) return [];
  const isDevice = isVlanDevice(input);
  const isMade = link === undefined;
  return [
    ...(isMade ? isDevice ? planVlanDevice(input) : planVlanPair(input) : []),
    ...(isDevice && ownVlan === "none"
      ? [ownVlanStep("add", bridge, vlan)]
      : []),
    ...(link?.flags.includes("UP")
      ? []
      : [host(`set "${name}" up`, ["link", "set", "dev", name, "up"])]),
    ...(isMade ? [optionalSysctl("host", acceptRaKey(name), "0")] : []),
  ];
}

/**
 * Whether the gateway's link is, or will be, a VLAN device on the bridge.
 * Packets pass netfilter once there. Through a pair whose other end is a port
 * they pass it twice where bridges call iptables (`br_netfilter`), and are not
 * masqueraded. A VLAN device gets tagged frames only, so it takes a bridge that
 * tells VLANs apart, and a VLAN that is not the bridge's own.
 */
export function isVlanDevice(
  { config, bridge, gateway: { name, link, ownVlan } }: PairInput,
): boolean {
  if (name === config.bridge) return false;
  if (link !== undefined) {
    return link.kind === "vlan" && link.lower === config.bridge;
  }
  if (bridge === undefined) return config.vlans.vlan !== NEW_BRIDGE_VLAN;
  return bridge.vlans?.isFiltering === true && ownVlan !== "untagged";
}

/** The VLAN of untagged frames of a bridge that was made just now. */
const NEW_BRIDGE_VLAN = 1;

function planVlanDevice(
  { config, bridge, gateway: { name }, names }: PairInput,
): readonly Step[] {
  const { bridge: lower, vlans: { vlan } } = config;
  const words = ["link", "add", "link", lower, "name", name, "type", "vlan"];
  const step = host(`make the VLAN device "${name}"`, [...words, "id", vlan]);
  return [
    // Without an address the device could not be set up.
    ...(bridge?.mac === NO_MAC ? [pinStep(lower, names.bridgeMac)] : []),
    { ...step, mayExist: true },
  ];
}

function planVlanPair(input: PairInput): readonly Step[] {
  const { config: { bridge, vlans, mtuBytes }, gateway, names } = input;
  const { name } = gateway;
  const peer = names.vlanPeerName;
  const bytes = input.bridge?.mtuBytes ?? mtuBytes;
  const mtu = bytes > 0 ? ["mtu", bytes] : [];
  const port = { ...vlans, trunk: [] };
  return [
    host(`make the veth pair "${name}" and "${peer}"`, [
      ...["link", "add", "name", name, ...mtu, "type", "veth"],
      ...["peer", "name", peer, ...mtu],
    ]),
    host(`attach "${peer}" to "${bridge}"`, [
      ...["link", "set", "dev", peer, "master", bridge],
    ]),
    ...planPortVlans(peer, port, defaultVlanOf(input.bridge)),
    host(`set "${peer}" up`, ["link", "set", "dev", peer, "up"]),
  ];
}

function planGatewayAddresses(
  { gateway: { name }, gatewayAddresses: { add, remove } }: PlanInput,
): readonly Step[] {
  return [
    ...remove.map((cidr) =>
      host(`remove address ${formatCidr(cidr)} from "${name}"`, [
        ...["addr", "del", formatCidr(cidr), "dev", name],
      ])
    ),
    ...add.map((cidr): IpStep => ({
      // A gateway must answer at once, not when its detection is done.
      ...addressStep("host", cidr, name, { isAlone: true }),
      // Two ADDs at once may both find it missing from the bridge.
      mayExist: true,
    })),
  ];
}

/** The address of a bridge without ports that has had some. */
export const NO_MAC = "00:00:00:00:00:00";

// A bridge that was made without an address of its own takes the lowest one
// among its ports; set by hand, even to what it is, the address stays. Only
// when the bridge becomes a gateway: before, it is nobody's next hop.
function planPinning(input: PlanInput): readonly Step[] {
  const { bridge, gateway, gatewayAddresses, names } = input;
  if (bridge === undefined || gatewayAddresses.add.length === 0) return [];
  // A VLAN device has the bridge's address.
  if (gateway.name !== bridge.name && !isVlanDevice(input)) return [];
  const mac = bridge.mac === NO_MAC ? names.bridgeMac : bridge.mac;
  return [pinStep(bridge.name, mac)];
}

function pinStep(name: string, mac: string): IpStep {
  const words = ["link", "set", "dev", name, "address", mac];
  return host(`have "${name}" keep the address ${mac}`, words);
}

/** The VLAN that the kernel puts a new port into; 1 unless it was changed. */
function defaultVlanOf(bridge: Link | undefined): number {
  return bridge?.vlans?.defaultId ?? 1;
}

// With an address of our own choice the bridge keeps it; the kernel's own
// would follow the lowest one among the ports, and CHECK would find a change.
function createBridge(config: BridgeConfig, mac: string): Step {
  const { bridge, mtuBytes, vlans } = config;
  const mtu = mtuBytes > 0 ? ["mtu", mtuBytes] : [];
  const filtering = isVlanFiltering(vlans) ? ["vlan_filtering", 1] : [];
  const step = host(`make the bridge "${bridge}"`, [
    ...["link", "add", "name", bridge, ...mtu, "address", mac],
    ...["type", "bridge", ...filtering],
  ]);
  return { ...step, mayExist: true };
}

function dadSteps(ifname: string, isEnabled: boolean): readonly SysctlStep[] {
  const conf = `net/ipv6/conf/${ifname}`;
  return [
    ...(isEnabled
      ? [optionalSysctl("sandbox", `${conf}/enhanced_dad`, "1")]
      : []),
    optionalSysctl("sandbox", `${conf}/accept_dad`, isEnabled ? "1" : "0"),
  ];
}

function acceptRaKey(name: string): string {
  return `net/ipv6/conf/${name}/accept_ra`;
}

function host(purpose: string, words: readonly (string | number)[]): IpStep {
  return ipStep("host", purpose, words);
}

function onOff(value: boolean): "on" | "off" {
  return value ? "on" : "off";
}
