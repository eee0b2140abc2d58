import type { Address } from "../../../lib/net/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError, prevResultOf } from "../../../lib/spec/mod.ts";
import type { Executor } from "../../shared/chained/mod.ts";
import { tableOf } from "./config.ts";
import { findRouting } from "./read_routing_linux.ts";
import { removalSteps } from "./removal.ts";
import { sourcesIn } from "./sources.ts";

/**
 * Removes the rules and tables of the attachment (CNI 1.1.0, section 2,
 * "DEL"). What is gone already is no error.
 */
export async function delSbr(
  request: Request,
  { run, remove }: Executor,
): Promise<void> {
  const { netns, ifname, config: { fields } } = request;
  if (netns === "") return;
  const routing = await findRouting(request, { families: [4, 6], run });
  if (routing === undefined) return;
  const addresses = [
    ...routing.addresses.map(({ address }) => address),
    // When the interface has gone before, its rules are still there.
    ...statedAddresses(request),
  ];
  const table = tableOf(fields);
  const steps = removalSteps({ routing, ifname, addresses, table });
  const details = await remove(steps);
  if (details === "") return;
  const message = `Cannot remove all rules and routes of ${ifname}`;
  throw new CniError(CniCode.Internal, message, { details });
}

function statedAddresses({ config, ifname }: Request): readonly Address[] {
  try {
    const prevResult = prevResultOf(config) ?? {};
    return sourcesIn(prevResult, ifname).map(({ cidr }) => cidr.address);
  } catch (error) {
    // A DEL cleans up as much as it can without.
    if (error instanceof CniError) return [];
    throw error;
  }
}
