import { parseCidr } from "../../../lib/net/mod.ts";
import type { Link, LinkAddress } from "../../../lib/linux/mod.ts";
import type { JsonObject, Result } from "../../../lib/spec/mod.ts";
import type { Design, Finish } from "../../shared/mod.ts";
import { addressingOf, requestWith } from "../../shared/testing/mod.ts";
import { type BridgeConfig, parseBridgeConfig } from "./config.ts";
import { choosePair, designOf, withAddressing } from "./design.ts";
import type { OwnVlan } from "./port_vlans.ts";
import type { PairInput, PlanInput } from "./steps.ts";
import { vlanLinkName } from "./vlan.ts";

/** The configuration that these keys make. */
export function configWith(keys: JsonObject = {}): BridgeConfig {
  return parseBridgeConfig(requestWith(keys));
}

/** A bridge that is up, with addresses in CIDR notation. */
export function bridgeWith(
  addresses: readonly string[] = [],
  more: Partial<Link> = {},
): Link {
  return {
    name: "cni0",
    index: 7,
    kind: "bridge",
    mac: "02:00:00:00:00:b0",
    mtuBytes: 1500,
    operState: "UP",
    flags: ["BROADCAST", "MULTICAST", "UP", "LOWER_UP"],
    promiscuity: 0,
    addresses: addresses.map(linkAddress),
    alias: "",
    vlans: { isFiltering: false, defaultId: 1 },
    ...more,
  };
}

function linkAddress(text: string): LinkAddress {
  const scope = text.startsWith("fe80:") ? "link" : "global";
  const cidr = parseCidr(text);
  return { cidr, scope, isTentative: false, isDuplicate: false };
}

/** What is chosen by chance, as tests know it. */
export const NAMES = {
  hostName: "veth00000001",
  hostMac: "02:00:00:00:00:01",
  containerMac: "02:00:00:00:00:02",
  bridgeMac: "02:00:00:00:00:03",
  vlanPeerName: "veth00000004",
};

/** What a plan follows from. */
export interface Given {
  readonly keys?: JsonObject;
  /** The bridge as it is; absent if there is none. */
  readonly bridge?: Link;
  /** The host's interface in the VLAN as it is. */
  readonly vlanLink?: Link;
  /** How the bridge itself is in the VLAN. */
  readonly ownVlan?: OwnVlan;
  /** The IPAM plugin's result; absent for layer 2. */
  readonly ipam?: Result;
}

/** A design of an ADD, and what it follows from. */
export interface Designed {
  readonly pair: PairInput;
  /** What the undo of the bridge follows from. */
  readonly input: PlanInput;
  readonly design: Design;
  readonly finish: Finish;
}

/** The design of an ADD, with {@linkcode NAMES} in place of random ones. */
export function designFor(
  { keys = {}, bridge, vlanLink, ownVlan, ipam }: Given,
  options: { readonly isMade?: boolean } = {},
): Designed {
  const object = ipam === undefined ? keys : { ...keys, ipam: { type: "x" } };
  const config = configWith(object);
  const { vlan } = config.vlans;
  const hasVlanLink = vlan !== 0 && config.isGateway && ipam !== undefined;
  const gateway = hasVlanLink
    ? {
      name: vlanLinkName(config.bridge, vlan),
      link: vlanLink,
      ...(ownVlan === undefined ? {} : { ownVlan }),
    }
    : { name: config.bridge, link: bridge };
  const pair = {
    ...choosePair(requestWith(object), config),
    names: { ...NAMES, containerMac: config.mac ?? NAMES.containerMac },
    bridge,
    gateway,
  };
  const given = ipam && addressingOf(ipam);
  const design = designOf(pair, options);
  const input = withAddressing(pair, given);
  return { pair, input, design, finish: design.finish(given) };
}
