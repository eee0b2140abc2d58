import {
  type IptablesListing,
  splitIptables,
} from "../../../lib/firewall/mod.ts";
import type { Forwarding } from "./forwarding.ts";
import type { IptablesOwner } from "./iptables_owner.ts";
import {
  chainRules,
  entryRules,
  missingShared,
  SHARED,
  sharedRules,
} from "./iptables_rules.ts";

/**
 * The rules and chains of a forwarding that a table lacks, each as a person
 * reads it. Rules with conditions are not looked for.
 */
export function missingRules(
  forwarding: Forwarding,
  owner: IptablesOwner,
  { chains, rules }: IptablesListing,
): readonly string[] {
  if (!chains.has(owner.chain)) return [`the chain ${owner.chain}`];
  const { config: { conditions }, family } = forwarding;
  const wanted = sharedRules(forwarding).filter(({ isOurs }) => !isOurs);
  const shared = missingShared(wanted, rules)
    .map(({ chain, rule }) => `${chain} ${rule}`);
  const entries = conditions[family].length > 0
    ? []
    : entryRules(forwarding, owner).map((rule) => `${SHARED.dnat} ${rule}`);
  const own = chainRules(forwarding).map((rule) => `${owner.chain} ${rule}`);
  const present = new Set(
    rules.filter((rule) => /^CNI-(DN|HOSTPORT)-/.test(rule)).map(normalized),
  );
  const missing = [...own, ...entries].filter((rule) =>
    !present.has(normalized(rule))
  );
  return [...shared, ...missing].map((rule) => `the rule -A ${rule}`);
}

/**
 * A rule whose options are in an order of our own: releases of iptables differ
 * in theirs, and in whether they say that a protocol's match is loaded.
 */
function normalized(rule: string): string {
  const [chain = "", ...words] = splitIptables(rule);
  const options: string[] = [];
  for (const word of words) {
    if (/^--?[a-z]/.test(word) || options.length === 0) options.push(word);
    else options[options.length - 1] += ` ${word}`;
  }
  const matches = options.filter((option) =>
    !/^-m (tcp|udp|sctp)$/.test(option)
  );
  return [chain, ...matches.sort()].join(" ");
}
