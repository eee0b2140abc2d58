import type { Family } from "../../../lib/net/mod.ts";
import { removeFromIptables } from "../../../lib/firewall/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import type { Collection } from "../../shared/chained/mod.ts";
import { mappedContainers } from "./iptables_read.ts";
import { portmapNotes } from "./notes.ts";
import { removalScript } from "./iptables_scripts.ts";

/**
 * Removes the rules of this network's containers that have no valid attachment
 * (CNI 1.1.0, section 2, "GC"), in one transaction for each family.
 *
 * Those of nftables stay: their comments tell the container and not the
 * network, so they could be of another network that has its own list.
 *
 * @throws {CniError} Code 999 or 11, with all reasons.
 */
export async function collectPortmap(
  { config }: Request,
  { attempts, ...collection }: Collection,
): Promise<void> {
  for (const family of [4, 6] as const) {
    await attempts.run(() => collectIptables(config.name, family, collection));
  }
  await attempts.run(() =>
    Promise.resolve(portmapNotes.collect(config.name, collection.valid))
  );
}

async function collectIptables(
  network: string,
  family: Family,
  { valid, run }: Pick<Collection, "valid" | "run">,
): Promise<void> {
  // By the ids that comments tell: a chain's name is a sum for each of what
  // may be tens of thousands.
  const validIds = new Set(valid.list.map(({ containerId }) => containerId));
  await removeFromIptables("nat", (listing) => {
    const stale = mappedContainers(listing).filter(({ owner }) =>
      owner?.network === network && !validIds.has(owner.containerId)
    );
    const owners = stale.map(({ chain }) => ({
      chain,
      oldChain: chain.replace("-DN-", "-SN-"),
    }));
    return removalScript(owners, listing);
  }, { family, run, act: "remove stale mapped ports" });
}
