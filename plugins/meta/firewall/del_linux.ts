import {
  findSandbox,
  requireOtherNamespace,
  runCommand,
  Shells,
} from "../../../lib/linux/mod.ts";
import { updateIptables } from "../../../lib/firewall/mod.ts";
import type { Address, Family } from "../../../lib/net/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import { CniError, prevResultOf } from "../../../lib/spec/mod.ts";
import { settled, throwFirst } from "../../shared/mod.ts";
import { addressesOf, readFirewallConfig } from "./config.ts";
import { findFirewalld, removeSources } from "./firewalld_linux.ts";
import { planDel } from "./plan_removal.ts";
import { hostCidr } from "./rules.ts";
import { scriptOf, type Tables, tablesOf } from "./tables_linux.ts";
import { ownerOf } from "./wanted_rules.ts";

/** The addresses of a container, by family. */
export type Addresses = ReadonlyMap<Family, readonly Address[]>;

/**
 * Removes the container's rules (CNI 1.1.0, section 2, "DEL"); what attachments
 * share stays. Both firewalld, if it is used, and iptables are gone through,
 * whichever has the rules.
 *
 * @throws {CniError} Code 999, or 11 for a lock, if iptables cannot be used now.
 */
export async function delFirewall(
  request: Request,
  context: Context,
): Promise<void> {
  const { netns, netnsOverride: override, config } = request;
  const own = readFirewallConfig(config);
  const warn = (message: string) => context.warn(message);
  const addresses = await findAddresses(request, warn);
  await using shells = new Shells();
  const { run } = shells;
  const families = addresses.size === 0 ? BOTH : [...addresses.keys()];
  // Made at once, since they start shells that take a while.
  const tables = own.backend === "firewalld" ? [] : tablesOf(families, shells);
  const [, firewalld] = await settled(
    netns === ""
      ? Promise.resolve()
      : requireOtherNamespace(netns, { run, override }),
    // Asked for and not there: it has forgotten all sources.
    findFirewalld(own, run).catch(() => undefined),
  );
  if (firewalld !== undefined) {
    const sources = [...addresses.values()].flat().map(hostCidr);
    for (const fault of await removeSources(firewalld, sources, run)) {
      warn(`Cannot have firewalld forget an address: ${fault}`);
    }
  }
  throwFirst(
    await Promise.allSettled(
      tables.map((one) => removeRules(request, addresses, one)),
    ),
  );
}

const BOTH: readonly Family[] = [4, 6];

async function removeRules(
  request: Request,
  addresses: Addresses,
  { family, run }: Tables,
): Promise<void> {
  const own = addresses.get(family) ?? [];
  const owner = ownerOf(request);
  await updateIptables(
    "filter",
    (listing) => scriptOf(planDel(listing, owner, own)),
    { family, run, act: "remove firewall rules" },
  );
}

/**
 * The container's addresses: those that `prevResult` tells or, without one,
 * those that the interface has. If that is gone too, what is left is in the
 * table: the addresses that the attachment owns there.
 */
export async function findAddresses(
  request: Request,
  warn: (message: string) => void,
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
  const links = await findSandbox(netns, { run: runCommand, override });
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
