import type { StageNetns } from "../suite/mod.ts";
import type { Snapshot } from "./snapshot.ts";

/** What begins a part's line of output; its name follows. */
const MARK = "@@ ";

/**
 * Prints all of a namespace's network: links, addresses, routes, rules,
 * neighbours, parameters, firewall, traffic control, bridge ports.
 */
const NETWORK = `
part() { echo; echo "@@ $1"; }
part links; ip -j -d addr
part routes; ip -4 route show table all; ip -6 route show table all
part rules; ip -4 rule; ip -6 rule
part neighbours; ip neigh show nud permanent
part parameters; cd /proc/sys/net && grep -rs . ipv4/conf ipv6/conf \\
  ipv4/ip_forward core/somaxconn
part iptables; iptables-save; ip6tables-save
part nftables; nft list ruleset
part traffic; tc qdisc
for link in $(tc qdisc | grep -v '^qdisc noqueue' |
  sed 's/.* dev \\([^ ]*\\) .*/\\1/' | sort -u); do
  tc class show dev "$link" | sed "s/^/dev $link /"
  for parent in root ingress; do
    tc filter show dev "$link" $parent | sed "s/^/dev $link /"
  done
done
part vlans; bridge vlan
`;

/** Prints the files of a host's plugins besides, but for a folder ($0). */
const FILES = `
part files
find /var/lib/cni /run/cni -path "$0" -prune -o -type f -print | sort |
while read -r file; do
  echo "file $file"
  head -c 4000 "$file" | sed "s|^|file $file: |"
  echo
done
`;

/**
 * Looks at a namespace.
 *
 * @param without For a host: the folder whose files do not count.
 */
export async function takeSnapshot(
  netns: StageNetns,
  without?: string,
): Promise<Snapshot> {
  const script = without === undefined ? NETWORK : NETWORK + FILES;
  const words = ["sh", "-c", script, without ?? "sh"];
  const { stdout } = await netns.run(words);
  const parts = stdout.split(`\n${MARK}`).slice(1);
  return new Map(parts.map((part) => {
    const at = part.indexOf("\n");
    return [part.slice(0, at), part.slice(at + 1).trimEnd()];
  }));
}
