import type { Link } from "../../../lib/linux/mod.ts";
import type { OwnVlan } from "./port_vlans.ts";

/** The link that bears the gateways' addresses. */
export interface GatewayLink {
  /** The bridge's name, or that of the host's interface in the VLAN. */
  readonly name: string;
  /** The link as it is now, if it is there. */
  readonly link: Link | undefined;
  /**
   * How the bridge itself is in the VLAN; absent if that is not known, as where
   * there is no bridge yet, or does not matter.
   */
  readonly ownVlan?: OwnVlan;
}

/** The links of the host that an ADD finds, if they are there. */
export interface HostLinks {
  readonly bridge: Link | undefined;
  readonly gateway: GatewayLink;
}
