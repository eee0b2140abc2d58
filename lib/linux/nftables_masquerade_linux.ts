import { CniCode, CniError } from "../spec/mod.ts";
import { reasonOf } from "./batch.ts";
import { type Output, ProgramMissingError, type Run } from "./command.ts";
import { listNft } from "./list_nft_linux.ts";
import type { MasqueradeOptions } from "./iptables_masquerade_linux.ts";
import type { Masquerade, MasqueradeOwner } from "./masquerade.ts";
import {
  additionScript,
  handlesOf,
  LIST_ARGS,
  nftablesOwner,
  removalTransaction,
  staleHandles,
} from "./nftables_masquerade.ts";

/**
 * Adds an attachment's rules in one nft transaction.
 *
 * @throws {ProgramMissingError} If nft is not installed.
 * @throws {CniError} Code 999 with the reason that nft gives.
 */
export async function addNftablesMasquerade(
  masquerade: Masquerade,
  { run, undo }: MasqueradeOptions,
): Promise<void> {
  const owner = await nftablesOwner(masquerade);
  // Whatever is wrong with nft, adding will tell.
  const listing = await run({ program: "nft", args: LIST_ARGS });
  const stale = listing.status === 0 ? handlesOf(owner, listing.stdout) : [];
  const script = additionScript(masquerade, owner, stale);
  const output = await transact(run, script);
  if (output.status !== 0) throw failure("add masquerade rules", output);
  undo.push(() => removeNftablesMasquerade(masquerade, run));
}

/**
 * Removes an attachment's rules; succeeds if there are none, or no nft that
 * could have made them. Table and chains stay, as they are everyone's.
 *
 * @throws {CniError} Code 999 with the reason that nft gives.
 */
export async function removeNftablesMasquerade(
  masquerade: MasqueradeOwner,
  run: Run,
): Promise<void> {
  const [owner, listing] = await Promise.all([
    nftablesOwner(masquerade),
    listNft(LIST_ARGS, run),
  ]);
  if (listing === undefined) return;
  const handles = handlesOf(owner, listing);
  if (handles.length === 0) return;
  const output = await transact(run, removalTransaction(handles));
  if (output.status !== 0) throw failure("remove masquerade rules", output);
}

/**
 * Removes the rules of all attachments of a network but the valid ones.
 *
 * @throws {CniError} Code 999 with the reason that nft gives.
 */
export async function collectNftablesMasquerade(
  network: string,
  valid: readonly MasqueradeOwner[],
  run: Run,
): Promise<void> {
  const listing = await listNft(LIST_ARGS, run);
  if (listing === undefined) return;
  const owners = await Promise.all(valid.map(nftablesOwner));
  const handles = await staleHandles(network, owners, listing);
  if (handles.length === 0) return;
  const output = await transact(run, removalTransaction(handles));
  if (output.status !== 0) throw failure("remove masquerade rules", output);
}

/** Whether nft can add a table, which it only pretends to do here. */
export async function isNftablesUsable(run: Run): Promise<boolean> {
  try {
    const stdin = "add table inet cni_plugins_masquerade\n";
    const args = ["--check", "-f", "-"];
    return (await run({ program: "nft", args, stdin })).status === 0;
  } catch (error) {
    if (error instanceof ProgramMissingError) return false;
    throw error;
  }
}

function transact(run: Run, script: string): Promise<Output> {
  return run({ program: "nft", args: ["-f", "-"], stdin: script });
}

function failure(act: string, { status, stderr }: Output): CniError {
  return new CniError(CniCode.Internal, `Cannot ${act}`, {
    details: `nft: ${reasonOf(stderr) || `exit status ${status}`}`,
  });
}
