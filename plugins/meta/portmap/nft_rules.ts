import { formatAddress } from "../../../lib/net/mod.ts";
import { quoteNft } from "../../../lib/firewall/mod.ts";
import { type Forwarding, mappingsOf, type Owner } from "./forwarding.ts";

/** The name of the table in each family. */
export const TABLE = "cni_hostport";

/** The table of a family, as nft names it. */
export const TABLES = { 4: `ip ${TABLE}`, 6: `ip6 ${TABLE}` } as const;

/** The kernel takes at most 128 bytes of comment. */
const MAX_COMMENT_BYTES = 128;

/** What stands on all rules of a container, whatever its network. */
export function nftComment({ containerId }: Owner): string {
  // Container ids are ASCII.
  return containerId.slice(0, MAX_COMMENT_BYTES);
}

/**
 * The transaction that maps a container's ports, making table and chains where
 * they lack. The chains that lead to the mappings are filled anew, as the Go
 * plugin does it.
 *
 * @param deletions Lines that delete what these rules replace.
 */
export function additionScript(
  forwarding: Forwarding,
  deletions: readonly string[],
): string {
  const { config: { snat }, family } = forwarding;
  const table = TABLES[family];
  const chain = (name: string, hook = "") =>
    `add chain ${table} ${name}${hook}`;
  const refill = (name: string, ...rules: readonly string[]) => [
    `flush chain ${table} ${name}`,
    ...rules.map((rule) => `add rule ${table} ${name} ${rule}`),
  ];
  const comment = `comment ${quoteNft(nftComment(forwarding))}`;
  const entry = "fib daddr type local jump hostports_all";
  return [
    `add table ${table} { comment "CNI portmap plugin"; }`,
    ...["hostports", "hostip_hostports", "hostports_all"].map((name) =>
      chain(name)
    ),
    ...refill("hostports_all", "jump hostip_hostports", "jump hostports"),
    chain("prerouting", baseChain("prerouting", -100)),
    ...refill("prerouting", entry),
    chain("output", baseChain("output", -100)),
    ...refill("output", entry),
    ...snat ? [chain("masquerading", baseChain("postrouting", 100))] : [],
    ...deletions,
    ...hostportRules(forwarding).map((rule) =>
      `add rule ${table} hostports ${rule} ${comment}`
    ),
    ...masqueradeRules(forwarding).map((rule) =>
      `add rule ${table} masquerading ${rule} ${comment}`
    ),
    "",
  ].join("\n");
}

/** The rules that map ports, as nft prints them but for the comment. */
function hostportRules(forwarding: Forwarding): readonly string[] {
  const { config, family, target } = forwarding;
  // The Go plugin has them on the way to all mappings, where those of the last
  // container count for everyone's.
  const conditions = config.conditions[family].map((word) => `${word} `)
    .join("");
  const address = formatAddress(target.address);
  const host = family === 4 ? address : `[${address}]`;
  const rules = mappingsOf(forwarding).map((mapping) => {
    const { protocol, hostPort, containerPort, hostIp } = mapping;
    const to = hostIp === undefined
      ? ""
      : `${word(family)} daddr ${formatAddress(hostIp)} `;
    return `${conditions}${to}${protocol} dport ${hostPort} ` +
      `dnat to ${host}:${containerPort}`;
  });
  return [...new Set(rules)];
}

/** The rules that masquerade what comes from the container or from localhost. */
function masqueradeRules(
  { config: { snat, masqAll }, family, target }: Forwarding,
): readonly string[] {
  if (!snat) return [];
  const ip = word(family);
  const address = formatAddress(target.address);
  const any = family === 4 ? "0.0.0.0/0" : "::/0";
  // Nothing routes ::1 to another interface.
  const own = family === 4 ? [address, "127.0.0.1"] : [address];
  return (masqAll ? [any] : own).map((source) =>
    `${ip} saddr ${source} ${ip} daddr ${address} masquerade`
  );
}

function baseChain(hook: string, priority: number): string {
  return ` { type nat hook ${hook} priority ${priority}; }`;
}

function word(family: 4 | 6): "ip" | "ip6" {
  return family === 4 ? "ip" : "ip6";
}
