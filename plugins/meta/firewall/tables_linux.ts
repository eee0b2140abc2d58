import type { UndoStack } from "../../../lib/linux/mod.ts";
import {
  FirewallError,
  type IptablesOptions,
  iptablesProgram,
  iptablesScript,
  updateIptables,
} from "../../../lib/firewall/mod.ts";
import type { Family } from "../../../lib/net/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import {
  type RuleAdditions,
  ruleAdditions,
  type WantedRules,
} from "./additions.ts";
import { undoRemovals } from "./removals.ts";

/**
 * Adds what is missing of an attachment's rules, in one transaction.
 *
 * @throws {CniError} Code 7 for a chain that cannot be made, 11 for a lock, else
 * 999 with the reason.
 */
export async function addRules(
  wanted: WantedRules,
  { family, run }: Pick<IptablesOptions, "family" | "run">,
  undo: UndoStack,
): Promise<void> {
  const act = "add firewall rules";
  let done: RuleAdditions | undefined;
  const isThere = await updateIptables("filter", (listing) => {
    done = ruleAdditions(listing, wanted);
    return scriptOf(done.lines);
  }, { family, run, act }).catch((error) => {
    throw adminChainError(error, wanted);
  });
  if (!isThere) throw unusable(act, family);
  const plan = done;
  if (plan === undefined || plan.lines.length === 0) return;
  undo.push(async () => {
    await updateIptables(
      "filter",
      (listing) => scriptOf(undoRemovals(listing, plan)),
      { family, run, act: "undo firewall rules" },
    );
  });
}

/** What to throw: iptables alone knows all targets that it has. */
function adminChainError(
  error: unknown,
  { adminChain }: WantedRules,
): unknown {
  const isAtFault = error instanceof FirewallError &&
    error.code === CniCode.Internal && error.refused === `-N ${adminChain}`;
  if (!isAtFault) return error;
  const key = "iptablesAdminChainName";
  return new CniError(CniCode.InvalidConfig, `Cannot use ${key}`, {
    details: `${key} is "${adminChain}": ${error.details}`,
    cause: error,
  });
}

/** A transaction in table `filter`; `undefined` without lines. */
export function scriptOf(lines: readonly string[]): string | undefined {
  return lines.length === 0 ? undefined : iptablesScript("filter", lines);
}

/** The error where there is no table to put rules into. */
export function unusable(act: string, family: Family): CniError {
  const program = iptablesProgram(family);
  return new CniError(CniCode.Internal, `Cannot ${act}`, {
    details: `${program} cannot be used: install the package iptables, load ` +
      "the kernel's modules for table filter, or have firewalld run",
  });
}
