import type { Address, Cidr } from "../net/mod.ts";

/** Whose traffic is masqueraded: one attachment. */
export interface MasqueradeOwner {
  /** The network's name. */
  readonly network: string;
  /** The container's id. */
  readonly containerId: string;
  /** The interface's name in the container. */
  readonly ifname: string;
}

/** What is to be masqueraded: all that leaves the subnets of these addresses. */
export interface Masquerade extends MasqueradeOwner {
  /** The container's addresses, each with its subnet's prefix length. */
  readonly ips: readonly Cidr[];
}

/** The two ways to have the kernel masquerade. */
export type MasqueradeBackend = "iptables" | "nftables";

/**
 * Whether an address is still in use in the container by another attachment:
 * rules for it must stay when this one goes.
 */
export type IsKept = (source: Cidr) => boolean;

/** Multicast stays as it is: nothing answers to a masqueraded group. */
export const MULTICAST = { 4: "224.0.0.0/4", 6: "ff00::/8" } as const;

/** The addresses of one family. */
export function ofFamily(
  ips: readonly Cidr[],
  family: Address["family"],
): readonly Cidr[] {
  return ips.filter(({ address }) => address.family === family);
}
