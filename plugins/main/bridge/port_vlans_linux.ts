import { parseShown, reasonOf, type Run } from "../../../lib/linux/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";

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

/**
 * Reads the VLANs of a port, or of the bridge itself.
 *
 * @param name The name of either.
 * @throws {CniError} Code 999 if they cannot be read.
 */
export async function readPortVlans(
  name: string,
  run: Run,
): Promise<readonly PortVlan[]> {
  const args = ["-j", "vlan", "show", "dev", name];
  const { status, stdout, stderr } = await run({ program: "bridge", args });
  if (status === 0) {
    const shown = parseShown(stdout).flat() as readonly {
      readonly vlans?: readonly PortVlan[];
    }[];
    return shown.flatMap(({ vlans = [] }) => vlans);
  }
  throw new CniError(CniCode.Internal, `Cannot read the VLANs of "${name}"`, {
    details: reasonOf(stderr),
  });
}

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
