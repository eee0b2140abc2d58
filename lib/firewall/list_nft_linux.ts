import { ProgramMissingError, type Run } from "../linux/mod.ts";
import { nftError } from "./nft_linux.ts";

/** What nft says where there is nothing to list, or no nft in the kernel. */
const NOTHING =
  /No such file or directory|not supported|Invalid argument|Address family/;

/**
 * Lists objects of nftables.
 *
 * @param args The arguments of `nft`.
 * @returns What it printed; `undefined` if there is no such object, or if
 * there can be none, since nft or the kernel's part of it is missing.
 * @throws {CniError} Code 999 if it cannot be told: what is there, stays.
 */
export async function listNft(
  args: readonly string[],
  run: Run,
): Promise<string | undefined> {
  try {
    const output = await run({ program: "nft", args });
    if (output.status === 0) return output.stdout;
    if (NOTHING.test(output.stderr)) return undefined;
    throw nftError("list nftables rules", output);
  } catch (error) {
    if (error instanceof ProgramMissingError) return undefined;
    throw error;
  }
}
