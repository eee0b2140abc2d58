import { type Run } from "../../../lib/linux/mod.ts";
import { listNft } from "../../../lib/firewall/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { iptablesOwner } from "./iptables_owner.ts";
import { TABLE } from "./nft_rules.ts";
import type { Place } from "./places.ts";

/**
 * Finds where a container's rules may be, of all backends and families, by one
 * process in most cases: nft knows the chains of today's iptables too, and the
 * kernel tells whether the older one has any tables.
 */
export async function findPlaces(
  { config: { name: network }, containerId }: Request,
  run: Run,
): Promise<readonly Place[]> {
  const [{ chain, oldChain }, chains, legacy] = await Promise.all([
    iptablesOwner({ network, containerId }),
    listNft(["-j", "list", "chains"], run),
    run({ program: "sh", args: ["-s"], stdin: READ_LEGACY }),
  ]);
  const listed = chains === undefined ? undefined : parseChains(chains);
  return ([4, 6] as const).flatMap((family) => {
    const word = family === 4 ? "ip" : "ip6";
    const has = (table: string, name?: string) =>
      listed?.some((one) =>
        one.family === word && one.table === table &&
        (name === undefined || one.name === name)
      );
    const isLegacy = legacy.stdout.includes(`${word} nat\n`);
    const isInIptables = listed === undefined || isLegacy ||
      has("nat", chain) || has("nat", oldChain);
    const iptables: Place = { backend: "iptables", family };
    const nftables: Place = { backend: "nftables", family };
    return [
      ...isInIptables ? [iptables] : [],
      ...has(TABLE) ? [nftables] : [],
    ];
  });
}

/** Tells the tables of iptables-legacy in this namespace, by no process. */
const READ_LEGACY = ["ip", "ip6"].map((word) =>
  `{ while read -r name; do echo "${word} $name"; done ` +
  `</proc/net/${word}_tables_names; } 2>/dev/null\n`
).join("");

interface NftChain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
}

function parseChains(listing: string): readonly NftChain[] {
  const { nftables } = JSON.parse(listing) as {
    nftables: readonly { chain?: NftChain }[];
  };
  return nftables.flatMap(({ chain }) => chain ?? []);
}
