import {
  linkAlias,
  type LinkOwner,
  parseLinkAlias,
} from "../../../lib/linux/mod.ts";
import { type IptablesListing } from "../../../lib/firewall/mod.ts";
import type { Address } from "../../../lib/net/mod.ts";
import { parseFilterTable, rulesIn, type TableRule } from "./filter_table.ts";
import type { RuleAdditions } from "./additions.ts";
import {
  acceptRulesFor,
  FORWARD_CHAIN,
  hostCidr,
  OWNERS_CHAIN,
} from "./rules.ts";

/**
 * The lines that remove an attachment's rules: those of the addresses that it
 * is known to have, and of those that it owns by {@linkcode OWNERS_CHAIN}. What
 * belongs to another attachment stays: it has got the address since.
 *
 * @param addresses What the attachment has had, as far as it is known.
 */
export function attachmentRemovals(
  listing: IptablesListing,
  owner: LinkOwner,
  addresses: readonly Address[],
): readonly string[] {
  const table = parseFilterTable(listing);
  const own = linkAlias(owner);
  const owners = rulesIn(table, OWNERS_CHAIN);
  const othersSources = new Set(
    owners.filter(({ comment }) => comment !== own).map(({ spec }) => spec),
  );
  const ownOwners = owners.filter(({ comment }) => comment === own);
  const given = addresses.map((address) => `-s ${hostCidr(address)}`);
  const sources = [...given, ...ownOwners.map(({ spec }) => spec)]
    .filter((source) => !othersSources.has(source));
  return removalLines(listing, [
    ...acceptsOf(rulesIn(table, FORWARD_CHAIN), sources),
    ...ownOwners,
  ]);
}

/**
 * The lines that remove the rules of all attachments of a network that are not
 * valid any more. Addresses that nobody is known to own stay.
 */
export function staleRemovals(
  listing: IptablesListing,
  isStale: (owner: LinkOwner) => boolean,
): readonly string[] {
  const table = parseFilterTable(listing);
  const stale = rulesIn(table, OWNERS_CHAIN).filter(({ comment }) => {
    const owner = parseLinkAlias(comment);
    return owner !== undefined && isStale(owner);
  });
  const sources = stale.map(({ spec }) => spec);
  return removalLines(listing, [
    ...acceptsOf(rulesIn(table, FORWARD_CHAIN), sources),
    ...stale,
  ]);
}

/**
 * The lines that take an ADD back. What attachments share goes too, if it was
 * made by this ADD and no other has used it since.
 */
export function undoRemovals(
  listing: IptablesListing,
  plan: RuleAdditions,
): readonly string[] {
  const table = parseFilterTable(listing);
  const made = (isOwn: boolean) => {
    const keys = new Set(
      plan.rules.filter((rule) => rule.isOwn === isOwn)
        .map(({ chain, spec }) => `${chain} ${spec}`),
    );
    return table.rules.filter(({ chain, spec }) =>
      keys.has(`${chain} ${spec}`)
    );
  };
  const own = made(true);
  const others = rulesIn(table, FORWARD_CHAIN).filter((rule) =>
    rule.spec.endsWith("-j ACCEPT") && !own.includes(rule)
  );
  // Without rules of its own, as with firewalld, others may have none either.
  const isUsed = own.length === 0 || others.length > 0;
  const rules = isUsed ? own : [...own, ...made(false)];
  if (plan.replaced.length === 0) {
    return removalLines(listing, rules, plan.chains);
  }
  return [
    ...rules.map(({ line }) => `-D ${line}`),
    ...plan.replaced.map((line) => `-A ${line}`),
  ];
}

/** The rules that let addresses pass, given as `-s 10.1.2.3/32`. */
function acceptsOf(
  rules: readonly TableRule[],
  sources: readonly string[],
): readonly TableRule[] {
  const specs = new Set(
    sources.flatMap((source) => acceptRulesFor(source.replace("-s ", ""))),
  );
  return rules.filter(({ spec }) => specs.has(spec));
}

/**
 * Deletes rules, and of these chains those that nothing is left of. The chain of
 * owners is always one of them: the reference has none.
 */
function removalLines(
  listing: IptablesListing,
  rules: readonly TableRule[],
  chains: readonly string[] = [],
): readonly string[] {
  if (rules.length === 0) return [];
  const left = [...listing.rules];
  for (const { line } of rules) left.splice(left.indexOf(line), 1);
  const isEmpty = (chain: string) =>
    listing.chains.has(chain) &&
    !left.some((line) =>
      line.startsWith(`${chain} `) || ` ${line} `.includes(` -j ${chain} `)
    );
  const empty = [...new Set([OWNERS_CHAIN, ...chains])].filter(isEmpty);
  return [
    ...rules.map(({ line }) => `-D ${line}`),
    ...empty.map((chain) => `-X ${chain}`),
  ];
}
