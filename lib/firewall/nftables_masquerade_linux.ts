import type { Run } from "../linux/mod.ts";
import { listNft } from "./list_nft_linux.ts";
import { nftError, transactNft, tryTransactNft } from "./nft_linux.ts";
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
  const owner = await nftablesOwner(masquerade);
  await removeRules((listing) => handlesOf(owner, listing), run);
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
  await removeRules((listing) => staleHandles(network, valid, listing), run);
}

/** How often the rules may change under our hands. */
const MAX_ATTEMPTS = 10;

/** Removes what is found; again if that fails and the rules have changed. */
async function removeRules(
  find: (listing: string) => readonly number[] | Promise<readonly number[]>,
  run: Run,
): Promise<void> {
  let listing = await listNft(LIST_ARGS, run);
  for (let attempt = 1; listing !== undefined; attempt++) {
    const handles = await find(listing);
    if (handles.length === 0) return;
    const output = await tryTransactNft(removalTransaction(handles), run);
    if (output.status === 0) return;
    const now = await listNft(LIST_ARGS, run);
    if (now === listing || attempt === MAX_ATTEMPTS) {
      throw nftError("remove masquerade rules", output);
    }
    listing = now;
  }
}
