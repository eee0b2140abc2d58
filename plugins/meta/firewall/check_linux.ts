import type { Run } from "../../../lib/linux/mod.ts";
import {
  iptablesProgram,
  listIptables,
  parseIptables,
} from "../../../lib/firewall/mod.ts";
import type { Family } from "../../../lib/net/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import type { Executor } from "../../shared/chained/mod.ts";
import type { WantedRules } from "./additions.ts";
import { readFirewallInput } from "./config.ts";
import {
  findFirewalld,
  findMissingSource,
  type Firewalld,
} from "./firewalld_linux.ts";
import { findMissingRule } from "./find_missing_rule.ts";
import { unusable } from "./tables_linux.ts";
import { sourcesOf, wantedRules } from "./wanted_rules.ts";

/**
 * Verifies that the rules of an attachment are there (CNI 1.1.0, section 2,
 * "CHECK"). It changes nothing.
 *
 * @throws {CniError} Code 999 for one that is not.
 */
export async function checkFirewall(
  request: Request,
  executor: Executor,
): Promise<void> {
  const input = readFirewallInput(request);
  const { run, act, sideBySide } = executor;
  const firewalld = await findFirewalld(input.config, run);
  if (firewalld !== undefined) {
    await checkSources(firewalld, sourcesOf(input), executor);
    if (input.bridge === undefined) return;
  }
  const isAccepting = firewalld === undefined;
  await sideBySide([...input.addresses.keys()])(async (family, run) => {
    const purpose = `compare the rules of IPv${family}`;
    const command = `${iptablesProgram(family)} -t filter -S`;
    const wanted = wantedRules(request, input, { family, isAccepting });
    await act([{ purpose, command }], () => checkRules(wanted, family, run));
  });
}

async function checkSources(
  firewalld: Firewalld,
  sources: readonly string[],
  executor: Executor,
): Promise<void> {
  const source = await findMissingSource(firewalld, sources, executor);
  if (source === undefined) return;
  const message = `Cannot confirm ${source} in zone "${firewalld.zone}"`;
  throw new CniError(CniCode.Internal, message, {
    details: "firewalld does not have it there: ADD again to mend it",
  });
}

async function checkRules(
  wanted: WantedRules,
  family: Family,
  run: Run,
): Promise<void> {
  const act = "list firewall rules";
  const text = await listIptables("filter", { family, run, act });
  if (text === undefined) throw unusable(act, family);
  const missing = findMissingRule(parseIptables(text), wanted);
  if (missing === undefined) return;
  throw new CniError(CniCode.Internal, "Cannot confirm a firewall rule", {
    details: `${iptablesProgram(family)} has no rule ${missing}: something ` +
      "else has changed the firewall, so ADD again to mend it",
  });
}
