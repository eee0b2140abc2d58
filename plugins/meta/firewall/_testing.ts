import {
  type IptablesListing,
  parseIptables,
} from "../../../lib/firewall/mod.ts";
import { parseAddress } from "../../../lib/net/mod.ts";
import type { WantedRules } from "./additions.ts";

/** What `iptables -S` would print, without the policies. */
export function listingOf(...lines: readonly string[]): IptablesListing {
  return parseIptables(lines.join("\n"));
}

/** The attachment that tests are about. */
export const OWNER = { network: "net1", containerId: "c1", ifname: "eth0" };

/** What an attachment with one address is to have. */
export function wantedWith(more: Partial<WantedRules> = {}): WantedRules {
  return {
    owner: OWNER,
    addresses: [parseAddress("10.1.2.3")],
    adminChain: "CNI-ADMIN",
    isolation: [],
    ...more,
  };
}

const RULES = '-m comment --comment "CNI firewall plugin rules';

/** The jump of FORWARD. */
export const JUMP = `FORWARD ${RULES}" -j CNI-FORWARD`;

/** The jump of FORWARD to what keeps bridges apart. */
export const STAGE_JUMP =
  `FORWARD ${RULES} (ingressPolicy: same-bridge|isolated)" ` +
  "-j CNI-ISOLATION-STAGE-1";

/** The jump to the administrator's chain. */
export const ADMIN_JUMP = "CNI-FORWARD -m comment --comment " +
  '"CNI firewall plugin admin overrides" -j CNI-ADMIN';

/** The rules that let an address pass. */
export function accepts(cidr: string): readonly string[] {
  return [
    `CNI-FORWARD -d ${cidr} -m conntrack --ctstate RELATED,ESTABLISHED ` +
    "-j ACCEPT",
    `CNI-FORWARD -s ${cidr} -j ACCEPT`,
  ];
}

/** The rule that says whose an address is. */
export function owns(cidr: string, containerId = "c1"): string {
  return `CNI-FORWARD-OWNERS -s ${cidr} -m comment ` +
    `--comment "cni/net1/${containerId}/eth0"`;
}

/** The lines that a listing begins with once the plugin has been used. */
export const SHARED: readonly string[] = [
  ...["-N CNI-ADMIN", "-N CNI-FORWARD"],
  ...[`-A ${JUMP}`, `-A ${ADMIN_JUMP}`],
];
