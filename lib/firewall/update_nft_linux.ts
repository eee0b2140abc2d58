import type { Run } from "../linux/mod.ts";
import { nftError, tryTransactNft } from "./nft_linux.ts";

/** What {@linkcode updateNft} needs besides what it decides by. */
export interface UpdateNftOptions {
  /** Runs the commands. */
  readonly run: Run;
  /** What it is for, to follow "Cannot": "add masquerade rules". */
  readonly act: string;
  /** Lists the rules; `undefined` where there are none. */
  readonly read: () => Promise<string | undefined>;
}

/** How often the rules may change under our hands. */
const MAX_ATTEMPTS = 10;

/**
 * Reads rules, has a script made of them, and does that in one transaction;
 * again if it fails and someone else has changed the rules meanwhile.
 *
 * @param decide Makes the script of the listing; `undefined` if there is
 * nothing to do.
 * @throws {CniError} Code 999, with the reason.
 */
export async function updateNft(
  decide: (
    listing: string | undefined,
  ) => string | undefined | Promise<string | undefined>,
  { run, act, read }: UpdateNftOptions,
): Promise<void> {
  let listing = await read();
  for (let attempt = 1;; attempt++) {
    const script = await decide(listing);
    if (script === undefined) return;
    const output = await tryTransactNft(script, run);
    if (output.status === 0) return;
    const now = await read();
    if (now === listing || attempt === MAX_ATTEMPTS) {
      throw nftError(act, output, script);
    }
    listing = now;
  }
}
