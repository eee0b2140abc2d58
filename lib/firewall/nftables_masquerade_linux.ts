import type { Run } from "../linux/mod.ts";
import { listNft } from "./list_nft_linux.ts";
import { transactNft } from "./nft_linux.ts";
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
  await transactNft(script, { run, act: "add masquerade rules" });
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
  const act = "remove masquerade rules";
  await transactNft(removalTransaction(handles), { run, act });
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
  const act = "remove masquerade rules";
  await transactNft(removalTransaction(handles), { run, act });
}
