import { Shells } from "../../../lib/linux/mod.ts";
import { updateIptables } from "../../../lib/firewall/mod.ts";
import { Attempts, type Request } from "../../../lib/plugin/mod.ts";
import { validAttachmentsOf } from "../../../lib/spec/mod.ts";
import { planCollection } from "./plan_removal.ts";
import { scriptOf, tablesOf } from "./tables_linux.ts";

/**
 * Removes the rules of attachments of this network that are not valid any more
 * (CNI 1.1.0, section 2, "GC"), as far as they are known: a rule tells no more
 * than an address, so those that the reference or firewalld has made stay.
 */
export async function collectFirewall(request: Request): Promise<void> {
  const valid = validAttachmentsOf(request.config);
  if (valid === undefined) return;
  const { name } = request.config;
  await using shells = new Shells();
  const attempts = new Attempts();
  await Promise.all(
    tablesOf([4, 6], shells).map((tables) =>
      attempts.run(async () => {
        await updateIptables("filter", (listing) => {
          const lines = planCollection(
            listing,
            (owner) => owner.network === name && !valid.has(owner),
          );
          return scriptOf(lines);
        }, { ...tables, act: "remove stale firewall rules" });
      })
    ),
  );
  attempts.end("Cannot collect all that is stale");
}
