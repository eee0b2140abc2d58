import { CniCode, CniError } from "../spec/mod.ts";
import { reasonOf } from "./batch.ts";
import { ProgramMissingError, type Run } from "./command.ts";

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
    const { status, stdout, stderr } = await run({ program: "nft", args });
    if (status === 0) return stdout;
    if (NOTHING.test(stderr)) return undefined;
    throw new CniError(CniCode.Internal, "Cannot list nftables rules", {
      details: `nft: ${reasonOf(stderr) || `exit status ${status}`}`,
    });
  } catch (error) {
    if (error instanceof ProgramMissingError) return undefined;
    throw error;
  }
}
