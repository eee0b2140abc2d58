import { type Run, runCommand } from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import type { ValidAttachments } from "../../../lib/spec/mod.ts";
import {
  collectAliasedLinks,
  collectAttachmentMasquerade,
  collectAttachments,
  listLinks,
} from "../../shared/collect/mod.ts";
import { spoofComment } from "./spoof_check.ts";
import { listSpoofRules, removeSpoofRules } from "./spoof_check_linux.ts";

/**
 * Removes pairs, masquerade rules and spoof-check rules of attachments of this
 * network that are not valid any more; then has the IPAM plugin collect (CNI
 * 1.1.0, section 2, "GC").
 */
export async function collectBridge(
  request: Request,
  context: Context,
): Promise<void> {
  const { name } = request.config;
  const run = runCommand;
  await collectAttachments(request, context, [
    (valid) => collectAliasedLinks(name, valid, run),
    (valid) => collectAttachmentMasquerade(name, valid, run),
    // Last, as the links tell which of these rules are stale.
    (valid) => removeStaleSpoofRules(valid, run),
  ]);
}

// The rules do not say which network they are of. One whose link is gone does
// nothing any more, whosever it was.
async function removeStaleSpoofRules(
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
