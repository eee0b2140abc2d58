import type { LinkOwner } from "../../../lib/linux/mod.ts";
import type { Family } from "../../../lib/net/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import type { FirewallInput } from "./config.ts";
import type { WantedRules } from "./plan_add.ts";
import { hostCidr, isolationRules } from "./rules.ts";

/** Whose the rules of a request are. */
export function ownerOf({ config, containerId, ifname }: Request): LinkOwner {
  return { network: config.name, containerId, ifname };
}

/** The addresses that firewalld is to know, of both families. */
export function sourcesOf({ addresses }: FirewallInput): readonly string[] {
  return [...addresses.values()].flat().map(hostCidr);
}

/**
 * What a request's attachment is to have in one family's table.
 *
 * @param isAccepting Whether iptables lets addresses pass, and not firewalld.
 */
export function wantedRules(
  request: Request,
  { config, addresses, bridge }: FirewallInput,
  { family, isAccepting }: {
    readonly family: Family;
    readonly isAccepting: boolean;
  },
): WantedRules {
  const { adminChain, ingressPolicy } = config;
  return {
    owner: ownerOf(request),
    addresses: isAccepting ? addresses.get(family) ?? [] : [],
    adminChain,
    isolation: bridge === undefined || ingressPolicy === "open"
      ? []
      : isolationRules(bridge, ingressPolicy),
  };
}
