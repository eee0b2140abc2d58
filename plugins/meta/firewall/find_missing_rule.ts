import type { IptablesListing } from "../../../lib/firewall/mod.ts";
import { ruleAdditions, type WantedRules } from "./additions.ts";
import { OWNERS_CHAIN } from "./rules.ts";

/**
 * The first rule of an attachment that is missing from a table, as `iptables`
 * would add it; or one that is there, but in the wrong place. Whose the
 * addresses are is not asked: the reference does not say so.
 */
export function findMissingRule(
  listing: IptablesListing,
  wanted: WantedRules,
): string | undefined {
  return ruleAdditions(listing, wanted).lines.find((line) =>
    /^-[AI] /.test(line) && !line.includes(` ${OWNERS_CHAIN} `)
  );
}
