import { findSandbox, requireOtherNamespace } from "../../../lib/linux/mod.ts";
import { removeFromIptables } from "../../../lib/firewall/mod.ts";
import type { Address, Family } from "../../../lib/net/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { CniError, prevResultOf } from "../../../lib/spec/mod.ts";
import { attachmentOwner, type Executor } from "../../shared/chained/mod.ts";
import { settled } from "../../shared/mod.ts";
import { addressesOf, readFirewallConfig } from "./config.ts";
import { findFirewalld, removeSources } from "./firewalld_linux.ts";
import { attachmentRemovals } from "./removals.ts";
import { hostCidr } from "./rules.ts";
import { scriptOf } from "./tables_linux.ts";

/** The addresses of a container, by family. */
type Addresses = ReadonlyMap<Family, readonly Address[]>;

/**
 * Removes the container's rules (CNI 1.1.0, section 2, "DEL"); what attachments
 * share stays. Both firewalld, if it is used, and iptables are gone through,
 * whichever has the rules.
 *
 * @throws {CniError} Code 999, or 11 for a lock, if iptables cannot be used now.
 */
export async function delFirewall(
  request: Request,
  executor: Executor,
): Promise<void> {
  const { netns, netnsOverride: override } = request;
  const { run, warn, sideBySide } = executor;
  const own = readFirewallConfig(request.config);
  const addresses = await findAddresses(request, executor);
  const known = addresses.size === 0 ? BOTH : [...addresses.keys()];
  const families = own.backend === "firewalld" ? [] : known;
  const forEachFamily = sideBySide(families, "remove the container's rules");
  const [, firewalld] = await settled(
    netns === ""
      ? Promise.resolve()
      : requireOtherNamespace(netns, { run, override }),
    // Asked for and not there: it has forgotten all sources.
    findFirewalld(own, run).catch(() => undefined),
  );
  if (firewalld !== undefined) {
    const sources = [...addresses.values()].flat().map(hostCidr);
    for (const fault of await removeSources(firewalld, sources, executor)) {
      warn(`Cannot have firewalld forget an address: ${fault}`);
    }
  }
  const owner = attachmentOwner(request);
  await forEachFamily(async (family, run) => {
    const some = addresses.get(family) ?? [];
    await removeFromIptables(
      "filter",
      (listing) => scriptOf(attachmentRemovals(listing, owner, some)),
      { family, run, act: "remove firewall rules", warn },
    );
  });
}

const BOTH: readonly Family[] = [4, 6];

/**
 * The container's addresses: those that `prevResult` tells or, without one,
 * those that the interface has. If that is gone too, what is left is in the
 * table: the addresses that the attachment owns there.
 */
async function findAddresses(
  request: Request,
  { run, warn }: Executor,
): Promise<Addresses> {
  const { netns, netnsOverride: override, ifname } = request;
  try {
    const result = prevResultOf(request.config);
    if (result !== undefined) return addressesOf(result);
  } catch (error) {
    if (!(error instanceof CniError)) throw error;
    warn(`Cannot read prevResult, so it is passed over: ${error}`);
  }
  if (netns === "") return new Map();
  const links = await findSandbox(netns, { run, override });
  const own = links?.find(({ name }) => name === ifname)?.addresses ?? [];
  const addresses = own.filter(({ scope }) => scope === "global")
    .map(({ cidr }) => cidr.address);
  const families = BOTH.map((family) =>
    [
      family,
      addresses.filter((address) => address.family === family),
    ] as const
  );
  return new Map(families.filter(([, some]) => some.length > 0));
}
