import {
  type Run,
  type Shells,
  type UndoStack,
} from "../../../lib/linux/mod.ts";
import {
  iptablesProgram,
  iptablesScript,
  updateIptables,
} from "../../../lib/firewall/mod.ts";
import type { Family } from "../../../lib/net/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { type AddPlan, planAdd, type WantedRules } from "./plan_add.ts";
import { planUndo } from "./plan_removal.ts";

/** Which of `iptables` and `ip6tables`, and what runs it. */
export interface Tables {
  readonly family: Family;
  readonly run: Run;
}

/**
 * A way to run commands for each family, so that one does not wait for the
 * other: the first in the shell that is there, the second in one of its own.
 */
export function tablesOf(
  families: readonly Family[],
  shells: Shells,
): readonly Tables[] {
  return families.map((family, index) => ({
    family,
    run: index === 0 ? shells.run : shells.open(),
  }));
}

/**
 * Adds what is missing of an attachment's rules, in one transaction.
 *
 * @throws {CniError} Code 999, or 11 for a lock, with the reason.
 */
export async function addRules(
  wanted: WantedRules,
  { family, run }: Tables,
  undo: UndoStack,
): Promise<void> {
  const act = "add firewall rules";
  let done: AddPlan | undefined;
  const isThere = await updateIptables("filter", (listing) => {
    done = planAdd(listing, wanted);
    return scriptOf(done.lines);
  }, { family, run, act });
  if (!isThere) throw unusable(act, family);
  const plan = done;
  if (plan === undefined || plan.lines.length === 0) return;
  undo.push(async () => {
    await updateIptables(
      "filter",
      (listing) => scriptOf(planUndo(listing, plan)),
      { family, run, act: "undo firewall rules" },
    );
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
