import { reasonOf, type Run, type UndoStack } from "../../../lib/linux/mod.ts";
import { listNft } from "../../../lib/firewall/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import {
  hasSpoofRules,
  LIST_ARGS,
  LIST_TABLE_ARGS,
  parseSpoofRules,
  type SpoofCheck,
  type SpoofCheckRule,
  type SpoofCheckSource,
  spoofComment,
  spoofSetup,
  spoofTeardown,
} from "./spoof_check.ts";

/**
 * Sets the rules of an attachment up, before its link can send anything.
 *
 * @throws {CniError} Code 999 if nft is missing or refuses.
 */
export async function addSpoofCheck(
  check: SpoofCheck,
  source: SpoofCheckSource,
  { run, undo }: { run: Run; undo: UndoStack },
): Promise<void> {
  const stale = (await listOwn(check, run)).map(({ handle }) => handle);
  await transact(spoofSetup(check, source, stale), "add the spoof check", run);
  undo.push(() => removeSpoofCheck(check, run));
}

/**
 * Removes the rules of an attachment; there being none is no error.
 *
 * @throws {CniError} Code 999 if nft refuses.
 */
export async function removeSpoofCheck(
  check: SpoofCheck,
  run: Run,
): Promise<void> {
  await removeSpoofRules(await listOwn(check, run), run);
}

/**
 * Whether all rules of an attachment are there.
 *
 * @throws {CniError} Code 999 if nft cannot tell.
 */
export async function hasSpoofCheck(
  check: SpoofCheck,
  source: SpoofCheckSource,
  run: Run,
): Promise<boolean> {
  const listing = await listNft(LIST_TABLE_ARGS, run);
  return listing !== undefined && hasSpoofRules(listing, check, source);
}

/** Removes rules of the base chain with the chains that they lead to. */
export async function removeSpoofRules(
  rules: readonly SpoofCheckRule[],
  run: Run,
): Promise<void> {
  if (rules.length === 0) return;
  await transact(spoofTeardown(rules), "remove the spoof check", run);
}

/**
 * All rules of all attachments; none if there is no nft, or no table yet.
 *
 * @throws {CniError} Code 999 if nft cannot tell.
 */
export async function listSpoofRules(
  run: Run,
): Promise<readonly SpoofCheckRule[]> {
  const listing = await listNft(LIST_ARGS, run);
  return listing === undefined ? [] : parseSpoofRules(listing);
}

async function listOwn(
  check: SpoofCheck,
  run: Run,
): Promise<readonly SpoofCheckRule[]> {
  const comment = spoofComment(check);
  return (await listSpoofRules(run)).filter((rule) => rule.comment === comment);
}

async function transact(stdin: string, act: string, run: Run): Promise<void> {
  const args = ["-j", "-f", "-"];
  const { status, stderr } = await run({ program: "nft", args, stdin });
  if (status === 0) return;
  throw new CniError(CniCode.Internal, `Cannot ${act}`, {
    details: `nft: ${reasonOf(stderr) || `exit status ${status}`}`,
  });
}
