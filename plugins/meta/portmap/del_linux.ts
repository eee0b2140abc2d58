import type { Address } from "../../../lib/net/mod.ts";
import { listNft, type Run, Shells } from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import { prevResultOf } from "../../../lib/spec/mod.ts";
import { throwFirst } from "../../shared/mod.ts";
import { flushEndedConnections } from "./conntrack_linux.ts";
import type { Owner } from "./forwarding.ts";
import { removeIptablesForwarding } from "./iptables_linux.ts";
import type { MappedPort } from "./mapped_port.ts";
import { removeNftForwarding } from "./nft_linux.ts";
import { TABLE } from "./nft_rules.ts";
import { targetsIn } from "./target.ts";

/**
 * Removes the container's rules, with one transaction for each family (CNI
 * 1.1.0, section 2, "DEL"). Both backends and families are looked at, and no
 * key is read: the configuration, the mappings above all, may have changed
 * since the ADD, or be missing.
 *
 * @throws {CniError} Code 999 or 11 with the first reason; all that can be
 * removed is.
 */
export async function delPortmap(
  request: Request,
  _context: Context,
): Promise<void> {
  await using shells = new Shells();
  const ports = await removeForwardings(request, [
    shells.run,
    shells.open(),
    shells.open(),
  ]);
  await flushEndedConnections(ports, shells.run);
}

/**
 * Removes the container's rules.
 *
 * @param runs What runs the commands for iptables, ip6tables and nft.
 * @returns What was mapped.
 */
export async function removeForwardings(
  request: Request,
  [runIptables, runIp6tables, runNft]: readonly [Run, Run, Run],
): Promise<readonly MappedPort[]> {
  const { config, containerId } = request;
  const owner = { network: config.name, containerId };
  const ends = await Promise.allSettled([
    removeIptablesForwarding(owner, 4, runIptables),
    removeIptablesForwarding(owner, 6, runIp6tables),
    removeNft(owner, addressesIn(request), runNft),
  ]);
  throwFirst(ends);
  return ends.flatMap((end) => end.status === "fulfilled" ? end.value : []);
}

async function removeNft(
  owner: Owner,
  addresses: readonly Address[] | undefined,
  run: Run,
): Promise<readonly MappedPort[]> {
  // Most hosts have neither table: one process tells.
  const tables = await listNft(["-j", "list", "tables"], run) ?? "";
  const removed: MappedPort[] = [];
  for (const family of [4, 6] as const) {
    const word = family === 4 ? "ip" : "ip6";
    if (!hasTable(tables, word)) continue;
    const options = { run, addresses };
    removed.push(...await removeNftForwarding(owner, family, options));
  }
  return removed;
}

function hasTable(listing: string, family: string): boolean {
  if (listing === "") return false;
  const { nftables } = JSON.parse(listing) as {
    nftables: readonly { table?: { family: string; name: string } }[];
  };
  return nftables.some(({ table }) =>
    table?.family === family && table.name === TABLE
  );
}

/** The container's addresses, if prevResult tells them. */
function addressesIn(
  { config, ifname }: Request,
): readonly Address[] | undefined {
  try {
    const targets = targetsIn(prevResultOf(config) ?? {}, ifname);
    if (targets.length > 0) return targets.map(({ address }) => address);
  } catch {
    // A result that cannot be read must not keep the rules.
  }
  return undefined;
}
