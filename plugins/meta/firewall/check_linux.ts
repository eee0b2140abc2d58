import { Shells } from "../../../lib/linux/mod.ts";
import {
  iptablesProgram,
  listIptables,
  parseIptables,
} from "../../../lib/firewall/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { throwFirst } from "../../shared/mod.ts";
import { type FirewallInput, readFirewallInput } from "./config.ts";
import {
  findFirewalld,
  findMissingSource,
  type Firewalld,
} from "./firewalld_linux.ts";
import { findMissingRule } from "./find_missing_rule.ts";
import { type Tables, tablesOf, unusable } from "./tables_linux.ts";
import { sourcesOf, wantedRules } from "./wanted_rules.ts";

/**
 * Verifies that the rules of an attachment are there (CNI 1.1.0, section 2,
 * "CHECK"). It changes nothing.
 *
 * @throws {CniError} Code 999 for one that is not.
 */
export async function checkFirewall(request: Request): Promise<void> {
  const input = readFirewallInput(request);
  await using shells = new Shells();
  const firewalld = await findFirewalld(input.config, shells.run);
  if (firewalld !== undefined) await checkSources(input, firewalld, shells);
  const isIdle = firewalld !== undefined && input.bridge === undefined;
  const families = isIdle ? [] : [...input.addresses.keys()];
  throwFirst(
    await Promise.allSettled(
      tablesOf(families, shells).map((tables) =>
        checkRules(request, input, {
          tables,
          isAccepting: firewalld === undefined,
        })
      ),
    ),
  );
}

async function checkSources(
  input: FirewallInput,
  firewalld: Firewalld,
  { run }: Shells,
): Promise<void> {
  const source = await findMissingSource(firewalld, sourcesOf(input), run);
  if (source === undefined) return;
  const message = `Cannot confirm ${source} in zone "${firewalld.zone}"`;
  throw new CniError(CniCode.Internal, message, {
    details: "firewalld does not have it there: ADD again to mend it",
  });
}

async function checkRules(
  request: Request,
  input: FirewallInput,
  { tables, isAccepting }: {
    readonly tables: Tables;
    readonly isAccepting: boolean;
  },
): Promise<void> {
  const { family, run } = tables;
  const act = "list firewall rules";
  const text = await listIptables("filter", { family, run, act });
  if (text === undefined) throw unusable(act, family);
  const wanted = wantedRules(request, input, { family, isAccepting });
  const missing = findMissingRule(parseIptables(text), wanted);
  if (missing === undefined) return;
  throw new CniError(CniCode.Internal, "Cannot confirm a firewall rule", {
    details: `${iptablesProgram(family)} has no rule ${missing}: something ` +
      "else has changed the firewall, so ADD again to mend it",
  });
}
