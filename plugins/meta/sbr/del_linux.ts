import { removeByForce, type Run, Shells } from "../../../lib/linux/mod.ts";
import type { Address } from "../../../lib/net/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError, prevResultOf } from "../../../lib/spec/mod.ts";
import { tableOf } from "./config.ts";
import { findRouting } from "./read_routing_linux.ts";
import { planRemoval, type Removal } from "./removal.ts";
import { sourcesIn } from "./sources.ts";

/**
 * Removes the rules and tables of the attachment (CNI 1.1.0, section 2,
 * "DEL"). What is gone already is no error.
 */
export async function delSbr(request: Request): Promise<void> {
  const { netns } = request;
  if (netns === "") return;
  await using shells = new Shells();
  const { run } = shells;
  const removal = await readRemoval(request, run);
  const faults = [];
  for (const [family, program] of [[4, "ip"], [6, "ip -6"]] as const) {
    if (removal[family].length === 0) continue;
    faults.push(await removeByForce(removal[family], { program, run, netns }));
  }
  const details = faults.filter((fault) => fault !== "").join("; ");
  if (details === "") return;
  const message = `Cannot remove all rules and routes of ${request.ifname}`;
  throw new CniError(CniCode.Internal, message, { details });
}

/** Reads what there is to remove; nothing if the sandbox is gone. */
export async function readRemoval(
  request: Request,
  run: Run,
): Promise<Removal> {
  const { ifname, netnsOverride: override, config: { fields } } = request;
  const families = [4, 6] as const;
  const routing = await findRouting(request, { families, run, override });
  if (routing === undefined) return { 4: [], 6: [] };
  const addresses = [
    ...routing.addresses.map(({ address }) => address),
    // When the interface has gone before, its rules are still there.
    ...statedAddresses(request),
  ];
  return planRemoval({ routing, ifname, addresses, table: tableOf(fields) });
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
