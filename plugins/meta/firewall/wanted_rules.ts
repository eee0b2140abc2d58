import type { Family } from "../../../lib/net/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { attachmentOwner } from "../../shared/chained/mod.ts";
import type { WantedRules } from "./additions.ts";
import type { FirewallInput } from "./config.ts";
import { hostCidr, isolationRules } from "./rules.ts";

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
    owner: attachmentOwner(request),
    addresses: isAccepting ? addresses.get(family) ?? [] : [],
    adminChain,
    isolation: bridge === undefined || ingressPolicy === "open"
      ? []
      : isolationRules(bridge, ingressPolicy),
  };
}
