import { CniCode, CniError } from "../spec/mod.ts";
import { reasonOf } from "./batch.ts";
import { type Output, ProgramMissingError, type Run } from "./command.ts";
import {
  byFamily,
  hasChain,
  iptablesOwner,
  masqueradedContainers,
  newChainScripts,
  removalScript,
  sharedChainScripts,
} from "./iptables_masquerade.ts";
import type { IsKept, Masquerade, MasqueradeOwner } from "./masquerade.ts";
import type { UndoStack } from "./undo.ts";

/** What the functions here need besides the masquerade. */
export interface MasqueradeOptions {
  /** Runs the commands. */
  readonly run: Run;
  /** Gets what takes the new rules back. */
  readonly undo: UndoStack;
}

/** What {@linkcode removeIptablesMasquerade} needs besides the owner. */
export interface RemoveMasqueradeOptions {
  /** Runs the commands. */
  readonly run: Run;
  /** Tells the addresses whose rules must stay. */
  readonly isKept: IsKept;
  /** The families to look for. */
  readonly families: readonly (4 | 6)[];
}

/**
 * Adds an attachment's rules with one `iptables-restore` for each family,
 * which does all of its part or nothing.
 *
 * @throws {ProgramMissingError} If iptables is not installed.
 * @throws {CniError} Code 999 with the reason that iptables gives.
 */
export async function addIptablesMasquerade(
  masquerade: Masquerade,
  { run, undo }: MasqueradeOptions,
): Promise<void> {
  const owner = await iptablesOwner(masquerade);
  for (const { family, ips } of byFamily(masquerade)) {
    let scripts = newChainScripts(owner, ips);
    let output = await restore(run, family, scripts.apply);
    if (output.status !== 0) {
      // The chain may be there already: iptables-legacy does not say so.
      const { stdout } = await list(run, family);
      if (hasChain(owner, stdout)) {
        scripts = sharedChainScripts(owner, ips, stdout);
        output = await restore(run, family, scripts.apply);
      }
    }
    if (output.status !== 0) {
      throw failure("add masquerade rules", family, output);
    }
    const undoScript = scripts.undo;
    undo.push(async () => {
      const undone = await restore(run, family, undoScript);
      if (undone.status !== 0) {
        throw failure("undo masquerade rules", family, undone);
      }
    });
  }
}

/**
 * Removes an attachment's rules; succeeds if there are none, or if there is no
 * iptables that could have made them.
 *
 * @throws {CniError} Code 999 with the reason that iptables gives.
 */
export async function removeIptablesMasquerade(
  masquerade: MasqueradeOwner,
  { run, isKept, families }: RemoveMasqueradeOptions,
): Promise<void> {
  const owner = await iptablesOwner(masquerade);
  await Promise.all(families.map(async (family) => {
    const listing = await listIfUsable(run, family);
    if (listing === undefined) return;
    const script = removalScript(owner, listing, isKept);
    if (script === undefined) return;
    const output = await restore(run, family, script);
    if (output.status !== 0) {
      throw failure("remove masquerade rules", family, output);
    }
  }));
}

/**
 * Removes the rules of all containers of a network that are not valid.
 *
 * @param network The network's name.
 * @param isValid Whether a container has a valid attachment.
 * @throws {CniError} Code 999 with the reason that iptables gives.
 */
export async function collectIptablesMasquerade(
  network: string,
  isValid: (containerId: string) => boolean,
  run: Run,
): Promise<void> {
  await Promise.all(([4, 6] as const).map(async (family) => {
    const listing = await listIfUsable(run, family);
    if (listing === undefined) return;
    const stale = masqueradedContainers(listing).filter((one) =>
      one.network === network && !isValid(one.containerId)
    );
    const containerIds = new Set(stale.map(({ containerId }) => containerId));
    for (const containerId of containerIds) {
      const owner = { network, containerId, ifname: "" };
      const isKept = () => false;
      await removeIptablesMasquerade(owner, {
        run,
        isKept,
        families: [family],
      });
    }
  }));
}

/** Whether the `filter` table can be read, which is how the Go plugins probe. */
export async function isIptablesUsable(run: Run): Promise<boolean> {
  try {
    const args = ["--wait", "-t", "filter", "-S", "INPUT", "1"];
    const { status } = await run({ program: "iptables", args });
    return status === 0 || status === 1;
  } catch (error) {
    if (error instanceof ProgramMissingError) return false;
    throw error;
  }
}

async function listIfUsable(
  run: Run,
  family: 4 | 6,
): Promise<string | undefined> {
  try {
    const output = await list(run, family);
    if (output.status === 0) return output.stdout;
    if (isUnusable(output)) return undefined;
    throw failure("list masquerade rules", family, output);
  } catch (error) {
    if (error instanceof ProgramMissingError) return undefined;
    throw error;
  }
}

/** Whether the kernel lacks what iptables needs: then it has no rules either. */
function isUnusable({ status, stderr }: Output): boolean {
  return status === 3 || /initialize (nft|iptables|ip6tables)/.test(stderr);
}

function list(run: Run, family: 4 | 6): Promise<Output> {
  const args = ["--wait", "-t", "nat", "-S"];
  return run({ program: program("tables", family), args });
}

function restore(run: Run, family: 4 | 6, script: string): Promise<Output> {
  const args = ["--noflush", "--wait"];
  return run({
    program: program("tables-restore", family),
    args,
    stdin: script,
  });
}

function program(name: string, family: 4 | 6): string {
  return `${family === 4 ? "ip" : "ip6"}${name}`;
}

function failure(act: string, family: 4 | 6, output: Output): CniError {
  return new CniError(CniCode.Internal, `Cannot ${act}`, {
    details: `${program("tables", family)}: ` +
      (reasonOf(output.stderr) || `exit status ${output.status}`),
  });
}
