import { runCommand } from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import {
  collectAliasedLinks,
  collectAttachmentMasquerade,
  collectAttachments,
} from "../../shared/collect/mod.ts";

/**
 * Removes pairs and masquerade rules of attachments of this network that are
 * not valid any more; then has the IPAM plugin collect (CNI 1.1.0, section 2,
 * "GC").
 */
export async function collectPtp(
  request: Request,
  context: Context,
): Promise<void> {
  const { name } = request.config;
  await collectAttachments(request, context, [
    (valid) => collectAliasedLinks(name, valid, runCommand),
    (valid) => collectAttachmentMasquerade(name, valid, runCommand),
  ]);
}
