import { runCommand } from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import {
  type Collect,
  collectAliasedLinks,
  collectAttachmentMasquerade,
  collectAttachments,
} from "../collect/mod.ts";
import type { InterfaceConfig, InterfaceKind } from "./kind.ts";

/**
 * Removes what attachments of this network that are not valid any more have in
 * the host, then has the IPAM plugin collect (CNI 1.1.0, section 2, "GC").
 * Interfaces go with their containers' namespaces.
 */
export async function collectInterfaces<Config extends InterfaceConfig, Facts>(
  { hasHostEnd, masquerades, collect }: InterfaceKind<Config, Facts>,
  { request, context }: {
    readonly request: Request;
    readonly context: Context;
  },
): Promise<void> {
  const { name } = request.config;
  const run = runCommand;
  // All ends in the host are those of pairs.
  const ofKind = { network: name, linkKind: "veth", run };
  const acts: readonly (Collect | false | undefined)[] = [
    hasHostEnd && ((valid) => collectAliasedLinks(ofKind, valid)),
    masquerades && ((valid) => collectAttachmentMasquerade(name, valid, run)),
    // Last, as the links may tell what is stale.
    collect && ((valid) => collect(valid, run)),
  ];
  await collectAttachments(request, context, acts.filter((act) => !!act));
}
