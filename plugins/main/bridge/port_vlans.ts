/** VLANs that a port, or the bridge itself, is in, as the kernel shows them. */
export interface PortVlan {
  /** The VLAN, or the first of several. */
  readonly vlan: number;
  /** The last of several. */
  readonly vlanEnd?: number;
  /** `PVID`: gets untagged frames. `Egress Untagged`: sends such ones. */
  readonly flags?: readonly string[];
}

/** How a bridge itself is in a VLAN. */
export type OwnVlan = "none" | "tagged" | "untagged";

/** Whether one of `vlans` is `id`, with all of `flags`. */
export function isInVlan(
  vlans: readonly PortVlan[],
  id: number,
  flags: readonly string[] = [],
): boolean {
  return vlans.some(({ vlan, vlanEnd = vlan, flags: found = [] }) =>
    vlan <= id && id <= vlanEnd && flags.every((flag) => found.includes(flag))
  );
}

/** How the bridge that has `vlans` is in VLAN `id`. */
export function ownVlanOf(vlans: readonly PortVlan[], id: number): OwnVlan {
  if (!isInVlan(vlans, id)) return "none";
  const isUntagged = isInVlan(vlans, id, ["PVID"]) ||
    isInVlan(vlans, id, ["Egress Untagged"]);
  return isUntagged ? "untagged" : "tagged";
}
