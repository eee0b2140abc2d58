import type { LinkOwner } from "../../../lib/linux/mod.ts";
import { removeFromIptables } from "../../../lib/firewall/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import type { Collection } from "../../shared/chained/mod.ts";
import { staleRemovals } from "./removals.ts";
import { scriptOf } from "./tables_linux.ts";

/**
 * Removes the rules of attachments of this network that are not valid any more
 * (CNI 1.1.0, section 2, "GC"), as far as they are known: a rule tells no more
 * than an address, so those that the reference or firewalld has made stay.
 */
export async function collectFirewall(
  { config: { name } }: Request,
  { valid, attempts, sideBySide }: Collection,
): Promise<void> {
  const isStale = (owner: LinkOwner) =>
    owner.network === name && !valid.has(owner);
  await sideBySide([4, 6] as const)((family, run) =>
    attempts.run(async () => {
      await removeFromIptables(
        "filter",
        (listing) => scriptOf(staleRemovals(listing, isStale)),
        { family, run, act: "remove stale firewall rules" },
      );
    })
  );
}
