import { CniCode } from "../spec/mod.ts";
import {
  type Output,
  ProgramMissingError,
  reasonOf,
  type Run,
} from "../linux/mod.ts";

import { commitTransaction } from "./commit_linux.ts";
import { FirewallError } from "./firewall_error.ts";

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
  if (output.status !== 0) throw nftError(act, output, script);
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

/**
 * The error for nft that failed: the reason that it gave, and what would do.
 *
 * @param script What it was given on stdin.
 */
export function nftError(
  act: string,
  { status, stderr }: Output,
  script = "",
): FirewallError {
  const reason = reasonOf(stderr) || `exit status ${status}`;
  const number = Number(/^\/\S+:(\d+):\d+/m.exec(stderr)?.[1] ?? 0);
  return new FirewallError(CniCode.Internal, `Cannot ${act}`, {
    details: [`nft: ${reason}`, ...remedyFor(stderr)].join("; "),
    refused: script.split("\n")[number - 1] ?? "",
  });
}

function remedyFor(stderr: string): readonly string[] {
  if (/not supported|cache initialization failed: Inv/.test(stderr)) {
    return ["the kernel has no nf_tables: load it, or choose another backend"];
  }
  return /Operation not permitted|must be root/.test(stderr)
    ? ["it needs the capability CAP_NET_ADMIN"]
    : [];
}
