import type { Run } from "../linux/mod.ts";
import { listNft } from "./list_nft_linux.ts";
import { updateNft } from "./update_nft_linux.ts";
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
  await updateNft((listing) => {
    const stale = listing === undefined ? [] : handlesOf(owner, listing);
    return additionScript(masquerade, owner, stale);
  }, {
    run,
    act: "add masquerade rules",
    read: async () => {
      // Whatever is wrong with nft, adding will tell.
      const { status, stdout } = await run({ program: "nft", args: LIST_ARGS });
      return status === 0 ? stdout : undefined;
    },
  });
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

/** Removes what is found. */
async function removeRules(
  find: (listing: string) => readonly number[] | Promise<readonly number[]>,
  run: Run,
): Promise<void> {
  await updateNft(async (listing) => {
    const handles = listing === undefined ? [] : await find(listing);
    return handles.length === 0 ? undefined : removalTransaction(handles);
  }, {
    run,
    act: "remove masquerade rules",
    read: () => listNft(LIST_ARGS, run),
  });
}
