import { parseCidr } from "../../../lib/net/mod.ts";
import type { Link, LinkAddress } from "../../../lib/linux/mod.ts";
import type { JsonObject, Result } from "../../../lib/spec/mod.ts";
import { requestWith } from "../../shared/testing/mod.ts";
import { type BridgeConfig, parseBridgeConfig } from "./config.ts";
import type { PlanInput } from "./plan.ts";
import { preparePair, preparePlan } from "./prepare.ts";
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
  /** The IPAM plugin's result; absent for layer 2. */
  readonly ipam?: Result;
}

/** The input of a plan, with {@linkcode NAMES} in place of random ones. */
export function inputFor(
  { keys = {}, bridge, vlanLink, ipam }: Given,
): PlanInput {
  const object = ipam === undefined ? keys : { ...keys, ipam: { type: "x" } };
  const config = configWith(object);
  const { vlan } = config.vlans;
  const hasVlanLink = vlan !== 0 && config.isGateway && ipam !== undefined;
  const gateway = hasVlanLink
    ? { name: vlanLinkName(config.bridge, vlan), link: vlanLink }
    : { name: config.bridge, link: bridge };
  const host = { bridge, gateway };
  const input = preparePlan(
    preparePair(requestWith(object), config, host),
    ipam,
  );
  const names = { ...NAMES, containerMac: config.mac ?? NAMES.containerMac };
  return { ...input, names };
}
