import { CniCode, CniError } from "../spec/mod.ts";
import {
  type Output,
  ProgramMissingError,
  reasonOf,
  type Run,
} from "../linux/mod.ts";

import { commitTransaction } from "./commit_linux.ts";

/** What {@linkcode transactNft} needs besides the script. */
export interface NftOptions {
  /** Runs the command. */
  readonly run: Run;
  /** What it is for, to follow "Cannot": "add masquerade rules". */
  readonly act: string;
}

/**
 * Has nft do a script in one transaction: all of it or nothing.
 *
 * @param script Lines in nft's own language, or a text in JSON.
 * @throws {ProgramMissingError} If nft is not installed.
 * @throws {CniError} Code 999, with the reason.
 */
export async function transactNft(
  script: string,
  { run, act }: NftOptions,
): Promise<void> {
  const output = await tryTransactNft(script, run);
  if (output.status !== 0) throw nftError(act, output);
}

/**
 * As {@linkcode transactNft}, for a script that may fail: nothing of it is done
 * then.
 *
 * @throws {ProgramMissingError} If nft is not installed.
 */
export function tryTransactNft(script: string, run: Run): Promise<Output> {
  const format = script.startsWith("{") ? ["-j"] : [];
  const args = [...format, "-f", "-"];
  return commitTransaction({ program: "nft", args, stdin: script }, run);
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

/** The error for nft that failed: the reason that it gave, and what would do. */
export function nftError(act: string, output: Output): CniError {
  const { status, stderr } = output;
  const reason = reasonOf(stderr) || `exit status ${status}`;
  const details = [`nft: ${reason}`, ...remedyFor(stderr)].join("; ");
  return new CniError(CniCode.Internal, `Cannot ${act}`, { details });
}

function remedyFor(stderr: string): readonly string[] {
  if (/not supported|cache initialization failed: Inv/.test(stderr)) {
    return ["the kernel has no nf_tables: load it, or choose another backend"];
  }
  return /Operation not permitted|must be root/.test(stderr)
    ? ["it needs the capability CAP_NET_ADMIN"]
    : [];
}
