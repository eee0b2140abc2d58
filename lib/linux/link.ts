import { type Cidr, parseCidr } from "../net/mod.ts";

/** A network link as the kernel reports it. */
export interface Link {
  /** Its name in its namespace. */
  readonly name: string;
  /** The kernel's number of the link in its namespace. */
  readonly index: number;
  /** `veth`, `bridge`…; empty for a physical device. */
  readonly kind: string;
  /** Hardware address; empty if the link has none. */
  readonly mac: string;
  /** The largest packet that it sends whole, in bytes. */
  readonly mtuBytes: number;
  /** `UP`, `DOWN`, `LOWERLAYERDOWN`, `UNKNOWN`… */
  readonly operState: string;
  /** The kernel's flags: `UP`, `BROADCAST`, `PROMISC`… */
  readonly flags: readonly string[];
  /** The link that this one is a port of. */
  readonly master?: string;
  /**
   * The index of a veth's other end, or of the link that this one is on, in
   * that link's namespace; absent if that is this one's.
   */
  readonly peerIndex?: number;
  /** The link of the same namespace that this one is on, or its other end. */
  readonly lower?: string;
  /** The mode of a link that has several: `bridge`, `private`… for a macvlan. */
  readonly mode?: string;
  /** How many users have asked for promiscuous mode. */
  readonly promiscuity: number;
  /** Its addresses, in the kernel's order. */
  readonly addresses: readonly LinkAddress[];
  /** A text that someone has put on the link; empty if nobody has. */
  readonly alias: string;
  /** Further names that it goes by; absent if it has none. */
  readonly altNames?: readonly string[];
  /** How a bridge treats it as its port; absent for other links. */
  readonly port?: BridgePort;
  /** How a bridge treats VLANs; absent for other links. */
  readonly vlans?: BridgeVlans;
}

/** Whether a link goes by a name: its own, or an alternative one. */
export function isNamed(
  { name, altNames = [] }: Pick<Link, "name" | "altNames">,
  wanted: string,
): boolean {
  return name === wanted || altNames.includes(wanted);
}

/** How a bridge treats a port. */
export interface BridgePort {
  /** Whether frames are sent back to where they came from. */
  readonly isHairpin: boolean;
  /** Whether it does not talk to other isolated ports. */
  readonly isIsolated: boolean;
}

/** How a bridge treats VLANs. */
export interface BridgeVlans {
  /** Whether it tells them apart at all. */
  readonly isFiltering: boolean;
  /** The VLAN that it puts new ports into; 0 if none. */
  readonly defaultId: number;
}

/** An address of a {@linkcode Link}. */
export interface LinkAddress {
  /** The address and its subnet's prefix length. */
  readonly cidr: Cidr;
  /** `global`, `link`, `host`… */
  readonly scope: string;
  /** Duplicate address detection is not done yet (IPv6). */
  readonly isTentative: boolean;
  /** Another node has the address (IPv6). */
  readonly isDuplicate: boolean;
}

/** A link as `ip -j -d addr show` prints it; absent keys are not printed. */
interface RawLink {
  readonly ifindex?: number;
  readonly ifname?: string;
  readonly link_index?: number;
  readonly link?: string;
  readonly flags?: readonly string[];
  readonly mtu?: number;
  readonly operstate?: string;
  readonly master?: string;
  readonly address?: string;
  readonly promiscuity?: number;
  readonly ifalias?: string;
  readonly altnames?: readonly string[];
  readonly linkinfo?: {
    readonly info_kind?: string;
    readonly info_slave_kind?: string;
    readonly info_slave_data?: {
      readonly hairpin?: boolean;
      readonly isolated?: boolean;
    };
    readonly info_data?: {
      readonly mode?: string;
      readonly vlan_filtering?: number;
      readonly vlan_default_pvid?: number;
    };
  };
  readonly addr_info?: readonly RawAddress[];
}

interface RawAddress {
  readonly local?: string;
  readonly prefixlen?: number;
  readonly scope?: string;
  readonly tentative?: boolean;
  readonly dadfailed?: boolean;
}

/** Reads the JSON that `ip -j link show` or `ip -j addr show` printed. */
export function parseLinks(value: unknown): readonly Link[] {
  // Objects without a name are placeholders that ip prints for what a filter
  // left out.
  return (value as readonly RawLink[])
    .filter((raw) => raw.ifname !== undefined).map(parseLink);
}

function parseLink(raw: RawLink): Link {
  return {
    name: raw.ifname ?? "",
    index: raw.ifindex ?? 0,
    kind: raw.linkinfo?.info_kind ?? "",
    mac: raw.address ?? "",
    mtuBytes: raw.mtu ?? 0,
    operState: raw.operstate ?? "",
    flags: raw.flags ?? [],
    ...(raw.master === undefined ? {} : { master: raw.master }),
    ...(raw.link_index === undefined ? {} : { peerIndex: raw.link_index }),
    ...(raw.link === undefined ? {} : { lower: raw.link }),
    ...modeOf(raw),
    promiscuity: raw.promiscuity ?? 0,
    addresses: (raw.addr_info ?? []).flatMap(parseLinkAddress),
    alias: raw.ifalias ?? "",
    ...(raw.altnames === undefined ? {} : { altNames: raw.altnames }),
    ...portOf(raw),
    ...(raw.linkinfo?.info_kind === "bridge" ? { vlans: vlansOf(raw) } : {}),
  };
}

function modeOf({ linkinfo }: RawLink): Pick<Link, "mode"> {
  const mode = linkinfo?.info_data?.mode;
  return mode === undefined ? {} : { mode };
}

function portOf({ linkinfo }: RawLink): Pick<Link, "port"> {
  if (linkinfo?.info_slave_kind !== "bridge") return {};
  const { hairpin = false, isolated = false } = linkinfo.info_slave_data ?? {};
  return { port: { isHairpin: hairpin, isIsolated: isolated } };
}

function vlansOf({ linkinfo }: RawLink): BridgeVlans {
  const data = linkinfo?.info_data;
  return {
    isFiltering: data?.vlan_filtering === 1,
    defaultId: data?.vlan_default_pvid ?? 1,
  };
}

function parseLinkAddress(raw: RawAddress): readonly LinkAddress[] {
  if (raw.local === undefined) return [];
  return [{
    cidr: parseCidr(`${raw.local}/${raw.prefixlen ?? 0}`),
    scope: raw.scope ?? "",
    isTentative: raw.tentative ?? false,
    isDuplicate: raw.dadfailed ?? false,
  }];
}
