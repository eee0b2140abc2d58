import type { Run } from "../../../lib/linux/mod.ts";
import {
  type IptablesListing,
  iptablesProgram,
  iptablesScript,
  listIptables,
  parseIptables,
  tryRestoreIptables,
} from "../../../lib/firewall/mod.ts";
import type { PlannedAct, Request } from "../../../lib/plugin/mod.ts";
import type { CniError } from "../../../lib/spec/mod.ts";
import type { Executor } from "../../shared/chained/mod.ts";
import { differs } from "../../shared/compare/mod.ts";
import type { Forwarding } from "./forwarding.ts";
import { missingRules } from "./iptables_check.ts";
import { type IptablesOwner, iptablesOwner } from "./iptables_owner.ts";
import { entryRules, SHARED } from "./iptables_rules.ts";
import { missingNftRules } from "./nft_check.ts";
import { listNftRules } from "./nft_linux.ts";
import { TABLES } from "./nft_rules.ts";
import { readInput } from "./read_input.ts";

/**
 * Verifies that all rules of an ADD are there (CNI 1.1.0, section 2, "CHECK").
 *
 * @throws {CniError} Code 7 for a bad configuration, 999 for what is missing.
 */
export async function checkPortmap(
  request: Request,
  { run, act }: Executor,
): Promise<void> {
  for (const forwarding of readInput(request).forwardings) {
    await act([lookOf(forwarding)], () => checkForwarding(forwarding, run));
  }
}

function lookOf({ config: { backend }, family }: Forwarding): PlannedAct {
  return {
    purpose: "see whether all rules are there",
    command: backend === "nftables"
      ? `nft list table ${TABLES[family]}`
      : `${iptablesProgram(family)} -t nat -S`,
  };
}

async function checkForwarding(
  forwarding: Forwarding,
  run: Run,
): Promise<void> {
  const { config: { backend }, family } = forwarding;
  const act = "list the rules of mapped ports";
  const text = backend === "nftables"
    ? undefined
    : await listIptables("nat", { family, run, act });
  if (text !== undefined) {
    return await checkIptables(forwarding, parseIptables(text), run);
  }
  if (backend === "iptables") {
    throw portsDiffer(`${iptablesProgram(family)} cannot be used any more`);
  }
  const rules = await listNftRules(family, run);
  const [missing] = missingNftRules(forwarding, rules);
  if (missing !== undefined) throw portsDiffer(`nft does not have ${missing}`);
}

async function checkIptables(
  forwarding: Forwarding,
  listing: IptablesListing,
  run: Run,
): Promise<void> {
  const { config: { conditions }, family } = forwarding;
  const owner = await iptablesOwner(forwarding);
  const program = iptablesProgram(family);
  const [missing] = missingRules(forwarding, owner, listing);
  if (missing !== undefined) {
    throw portsDiffer(`${program} does not have ${missing} in its nat table`);
  }
  // Conditions may be printed in other words than they are written.
  if (conditions[family].length === 0) return;
  await checkEntries(forwarding, owner, run);
}

async function checkEntries(
  forwarding: Forwarding,
  owner: IptablesOwner,
  run: Run,
): Promise<void> {
  const { family } = forwarding;
  const lines = entryRules(forwarding, owner)
    .map((rule) => `-C ${SHARED.dnat} ${rule}`);
  const script = iptablesScript("nat", lines);
  const { status } = await tryRestoreIptables(script, { family, run });
  if (status === 0) return;
  const program = iptablesProgram(family);
  throw portsDiffer(
    `${program} does not have all rules with conditionsV${family} that lead ` +
      `to ${owner.chain}`,
  );
}

function portsDiffer(why: string): CniError {
  return differs("the mapped ports", why);
}
