import {
  listLinks,
  parseLinkAlias,
  removeByForce,
} from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import type { Collection } from "../../shared/chained/mod.ts";
import { bandwidthNotes } from "./notes.ts";

/**
 * Removes the links of attachments of this network that are not valid any more
 * (CNI 1.1.0, section 2, "GC"). They are known by the alias that an ADD of this
 * plugin puts on them; those of the Go plugin bear none. Limits of a pair go
 * with the pair.
 */
export async function collectLimits(
  { config }: Request,
  { run, valid, attempts }: Collection,
): Promise<void> {
  await attempts.run(() =>
    Promise.resolve(bandwidthNotes.collect(config.name, valid))
  );
  const stale = (await listLinks(run, "ifb")).filter(({ alias }) => {
    const owner = parseLinkAlias(alias);
    return owner?.network === config.name && !valid.has(owner);
  });
  if (stale.length === 0) return;
  const lines = stale.map(({ name }) => ["link", "del", "dev", name]);
  const details = await removeByForce(lines, { program: "ip", run });
  if (details === "") return;
  const message = "Cannot collect all that is stale";
  throw new CniError(CniCode.Internal, message, { details });
}
