import type { Family } from "../net/mod.ts";
import { CniCode } from "../spec/mod.ts";
import {
  type Output,
  ProgramMissingError,
  reasonOf,
  type Run,
} from "../linux/mod.ts";
import { commitTransaction } from "./commit_linux.ts";
import { FirewallError } from "./firewall_error.ts";
import {
  type IptablesKind,
  type IptablesListing,
  iptablesProgram,
  type IptablesTable,
  parseIptables,
} from "./iptables.ts";

/** What each function here needs. */
export interface IptablesOptions {
  /** Which of `iptables` and `ip6tables`. */
  readonly family: Family;
  /** Runs the commands. */
  readonly run: Run;
  /** What it is for, to follow "Cannot": "add masquerade rules". */
  readonly act: string;
  /** The kind of iptables; whichever the host has chosen if absent. */
  readonly kind?: IptablesKind;
}

/** Makes the script of a table's listing, or of its text. */
export type Decide = (
  listing: IptablesListing,
  text: string,
) => string | undefined | Promise<string | undefined>;

/**
 * Lists a table, waiting for its lock as `iptables --wait` does.
 *
 * @returns What `iptables -S` printed; `undefined` if there can be no rules,
 * since iptables or the kernel's part of it is missing.
 * @throws {CniError} Code 999, or 11 for a lock, if it cannot be told.
 */
export async function listIptables(
  table: IptablesTable,
  { family, run, act, kind }: IptablesOptions,
): Promise<string | undefined> {
  try {
    const args = ["--wait", "-t", table, "-S"];
    const program = iptablesProgram(family, "tables", kind);
    const output = await run({ program, args });
    if (output.status === 0) return output.stdout;
    if (isMissingInKernel(output)) return undefined;
    throw iptablesError(act, family, output);
  } catch (error) {
    if (error instanceof ProgramMissingError) return undefined;
    throw error;
  }
}

/** How often a table may change under our hands. */
const MAX_ATTEMPTS = 10;

/**
 * What a script fails with that was made of a table which is another by now.
 * Read again, the table may look as before all the same: one call has made a
 * chain, another has removed it.
 */
const IS_STALE =
  /already exists|File exists|No chain\/target\/match|No such file|matching rule exist|resource busy/;

/** How often such a failure is believed though the table looks as before. */
const MAX_UNCHANGED = 2;

/**
 * Reads a table, has a script made of it, and does that in one transaction;
 * anew if it fails and someone else has changed the table meanwhile.
 *
 * @param decide Makes the script, of the listing or its text; `undefined` if
 * there is nothing to do.
 * @param options `listAct` says what reading is for, if not for `act`.
 * @returns Whether there is a table: `false` if iptables or the kernel's part
 * of it is missing.
 * @throws {CniError} Code 999, or 11 for a lock, with the reason.
 */
export async function updateIptables(
  table: IptablesTable,
  decide: Decide,
  options: IptablesOptions & { readonly listAct?: string },
): Promise<boolean> {
  const reading = { ...options, act: options.listAct ?? options.act };
  let text = await listIptables(table, reading);
  let unchanged = 0;
  for (let attempt = 1; text !== undefined; attempt++) {
    const script = await decide(parseIptables(text), text);
    if (script === undefined) return true;
    const output = await tryRestoreIptables(script, options);
    if (output.status === 0) return true;
    const now = await listIptables(table, reading);
    if (now === text) unchanged++;
    const isStale = IS_STALE.test(output.stderr);
    const isFinal = unchanged > (isStale ? MAX_UNCHANGED : 0);
    if (isFinal || attempt === MAX_ATTEMPTS) {
      throw iptablesError(options.act, options.family, output, script);
    }
    text = now;
  }
  return false;
}

/**
 * Has `iptables-restore --noflush` do a script of `iptablesScript`: all of it
 * or nothing. It waits for the lock as `--wait` does.
 *
 * @throws {ProgramMissingError} If iptables is not installed.
 * @throws {CniError} Code 999, or 11 for a lock, with the reason.
 */
export async function restoreIptables(
  script: string,
  options: IptablesOptions,
): Promise<void> {
  const output = await tryRestoreIptables(script, options);
  if (output.status === 0) return;
  throw iptablesError(options.act, options.family, output, script);
}

/**
 * As {@linkcode restoreIptables}, for a script that may fail: nothing of it is
 * done then.
 *
 * @throws {ProgramMissingError} If iptables is not installed.
 */
export function tryRestoreIptables(
  script: string,
  { family, run, kind }: Omit<IptablesOptions, "act">,
): Promise<Output> {
  return commitTransaction({
    program: iptablesProgram(family, "tables-restore", kind),
    args: ["--noflush", "--wait"],
    stdin: script,
  }, run);
}

/** Whether the `filter` table can be read, which is how the Go plugins probe. */
export async function isIptablesUsable(
  run: Run,
  family: Family = 4,
): Promise<boolean> {
  try {
    const args = ["--wait", "-t", "filter", "-S", "INPUT", "1"];
    const { status } = await run({ program: iptablesProgram(family), args });
    return status === 0 || status === 1;
  } catch (error) {
    if (error instanceof ProgramMissingError) return false;
    throw error;
  }
}

/**
 * The error for a program of iptables that failed: the reason that it gave,
 * the rule that it did not take, and what would do.
 *
 * @param script What it was given on stdin.
 */
export function iptablesError(
  act: string,
  family: Family,
  output: Output,
  script = "",
): FirewallError {
  const program = iptablesProgram(family);
  const refused = failedLine(output, script);
  const reason = reasonOf(output.stderr) || `exit status ${output.status}`;
  const details = [
    `${program}: ${reason}`,
    ...refused === "" ? [] : [`the rule is ${refused}`],
    ...remedyFor(output, family),
  ].join("; ");
  const code = LOCKED.test(output.stderr)
    ? CniCode.TryAgainLater
    : CniCode.Internal;
  return new FirewallError(code, `Cannot ${act}`, { details, refused });
}

/** What is over in a while; exit status 4 stands for much else besides. */
const LOCKED = /xtables lock|Resource temporarily unavailable/;

/** Whether the kernel lacks what iptables needs: then it has no rules either. */
function isMissingInKernel({ status, stderr }: Output): boolean {
  return status === 3 || /initialize (nft|iptables|ip6tables)/.test(stderr);
}

/** The line of a script that was not taken, which most versions count. */
function failedLine({ stderr }: Output, script: string): string {
  const number = /line:? (\d+)/.exec(stderr)?.[1];
  const line = script.split("\n")[Number(number ?? 0) - 1];
  // The oldest do all at the end, and name only that.
  return line === undefined || line === "COMMIT" ? "" : line;
}

function remedyFor(output: Output, family: Family): readonly string[] {
  if (LOCKED.test(output.stderr)) {
    return ["another program changes the firewall: try again"];
  }
  if (isMissingInKernel(output)) {
    const module = family === 4 ? "iptable_nat" : "ip6table_nat";
    return [
      "the kernel has no such table: load nf_tables or " +
      `${module}, or choose another backend`,
    ];
  }
  return /Permission denied|must be root/.test(output.stderr)
    ? ["it needs the capability CAP_NET_ADMIN"]
    : [];
}
