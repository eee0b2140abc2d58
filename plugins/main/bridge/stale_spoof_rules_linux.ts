import { listLinks, type Run } from "../../../lib/linux/mod.ts";
import type { ValidAttachments } from "../../../lib/spec/mod.ts";
import { spoofComment } from "./spoof_check.ts";
import { listSpoofRules, removeSpoofRules } from "./spoof_check_linux.ts";

/**
 * Removes the spoof-check rules of attachments that are not valid. The rules do
 * not say which network they are of, so only those are removed whose link is
 * gone: they do nothing any more.
 */
export async function removeStaleSpoofRules(
  valid: ValidAttachments,
  run: Run,
): Promise<void> {
  const rules = await listSpoofRules(run);
  if (rules.length === 0) return;
  const names = new Set((await listLinks(run)).map(({ name }) => name));
  const validComments = new Set(valid.list.map(spoofComment));
  const stale = rules.filter(({ comment, hostName }) =>
    !validComments.has(comment) && hostName !== "" && !names.has(hostName)
  );
  await removeSpoofRules(stale, run);
}
