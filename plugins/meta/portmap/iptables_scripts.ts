import {
  type IptablesListing,
  iptablesScript,
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

/** Input for `iptables-restore --noflush` that does something, and its undo. */
export interface RestoreScripts {
  readonly apply: string;
  readonly undo: string;
}

/**
 * The scripts that map a container's ports, in place of what its chain held
 * before, and that take this back.
 */
export function additionScripts(
  forwarding: Forwarding,
  owner: IptablesOwner,
  listing: IptablesListing,
): RestoreScripts {
  const { chain } = owner;
  const isThere = listing.chains.has(chain);
  const old = ownRules(owner.chain, listing);
  const rules = chainRules(forwarding).map((rule) => `${chain} ${rule}`);
  const entries = entryRules(forwarding, owner)
    .map((rule) => `${SHARED.dnat} ${rule}`);
  return {
    apply: iptablesScript("nat", [
      ...sharedLines(forwarding, listing),
      ...old.entries.map((rule) => `-D ${rule}`),
      isThere ? `-F ${chain}` : `-N ${chain}`,
      ...[...rules, ...entries].map((rule) => `-A ${rule}`),
    ]),
    undo: iptablesScript("nat", [
      ...entries.map((rule) => `-D ${rule}`),
      `-F ${chain}`,
      ...isThere
        ? [...old.rules, ...old.entries].map((rule) => `-A ${rule}`)
        : [`-X ${chain}`],
    ]),
  };
}

/**
 * The script that removes what an ADD has made, without looking; it fails if
 * there is anything else, or less.
 */
export function blindRemovalScript(
  forwarding: Forwarding,
  owner: IptablesOwner,
): string {
  return iptablesScript("nat", [
    ...entryRules(forwarding, owner).map((rule) => `-D ${SHARED.dnat} ${rule}`),
    `-F ${owner.chain}`,
    `-X ${owner.chain}`,
  ]);
}

/**
 * The script that removes the rules of containers, or `undefined` if there are
 * none. What all containers share stays.
 */
export function removalScript(
  owners: readonly Pick<IptablesOwner, "chain" | "oldChain">[],
  listing: IptablesListing,
): string | undefined {
  const own = owners.flatMap(({ chain, oldChain }) => [chain, oldChain])
    .filter((chain) => listing.chains.has(chain));
  if (own.length === 0) return undefined;
  return iptablesScript("nat", [
    ...own.flatMap((chain) => ownRules(chain, listing).entries)
      .map((rule) => `-D ${rule}`),
    ...own.map((chain) => `-F ${chain}`),
    ...own.map((chain) => `-X ${chain}`),
  ]);
}

/** What makes the chains and rules that all share, as far as they lack. */
function sharedLines(
  forwarding: Forwarding,
  { chains, rules }: IptablesListing,
): readonly string[] {
  const wanted = sharedRules(forwarding);
  const own = [...new Set([...wanted.map(({ chain }) => chain), SHARED.dnat])]
    .filter((chain) => chain.startsWith("CNI-") && !chains.has(chain));
  const missing = missingShared(wanted, rules);
  return [
    ...own.map((chain) => `-N ${chain}`),
    ...missing.map(({ chain, rule, isFirst = false }) =>
      isFirst ? `-I ${chain} 1 ${rule}` : `-A ${chain} ${rule}`
    ),
  ];
}

/** The rules of a chain, and those of other chains that lead into it. */
function ownRules(chain: string, { rules }: IptablesListing) {
  return {
    rules: rules.filter((rule) => rule.startsWith(`${chain} `)),
    entries: rules.filter((rule) => rule.endsWith(` -j ${chain}`)),
  };
}
