import { formatAddress, formatCidr, networkOf } from "../../../lib/net/mod.ts";
import { quoteNft } from "../../../lib/firewall/mod.ts";
import { type Forwarding, mappingsOf, type Owner } from "./forwarding.ts";
import { type PortRange, portRanges } from "./port_range.ts";

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
  // Nothing leads from ::1 to another interface: what asks for it is left to
  // the host's own programs, or refused by it at once.
  const other = family === 6 ? "ip6 daddr != ::1 " : "";
  return [
    `add table ${table} { comment "CNI portmap plugin"; }`,
    ...["hostports", "hostip_hostports", "hostports_all"].map((name) =>
      chain(name)
    ),
    ...refill("hostports_all", "jump hostip_hostports", "jump hostports"),
    chain("prerouting", baseChain("prerouting", -100)),
    ...refill("prerouting", entry),
    chain("output", baseChain("output", -100)),
    ...refill("output", `${other}${entry}`),
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

/**
 * The rules that masquerade what comes by a mapped port from localhost or from
 * the container's subnet, whose answers would not pass the host, or with
 * `masqAll` from anywhere. What reaches the container by another way keeps its
 * source.
 */
function masqueradeRules(forwarding: Forwarding): readonly string[] {
  const { config: { snat, masqAll }, family, target } = forwarding;
  if (!snat) return [];
  const ip = word(family);
  const subnet = formatCidr(networkOf(target));
  // Nothing routes ::1 to another interface.
  const own = family === 4 ? `{ ${subnet}, 127.0.0.1 }` : subnet;
  const from = masqAll ? "" : `${ip} saddr ${own} `;
  const to = `${from}${ip} daddr ${
    formatAddress(target.address)
  } ct status dnat`;
  return portRanges(mappingsOf(forwarding)).map((range) =>
    `${to} ${originOf(range, ip)} masquerade`
  );
}

/** Matches connections by what was asked for before ports were mapped. */
function originOf(
  { protocol, first, last, hostIp }: PortRange,
  ip: "ip" | "ip6",
): string {
  const ports = first === last ? first : `${first}-${last}`;
  const host = hostIp && ` ct original ${ip} daddr ${formatAddress(hostIp)}`;
  // Without the protocol the kernel does not know that there are ports.
  return `meta l4proto ${protocol} ct original proto-dst ${ports}${host ?? ""}`;
}

function baseChain(hook: string, priority: number): string {
  return ` { type nat hook ${hook} priority ${priority}; }`;
}

function word(family: 4 | 6): "ip" | "ip6" {
  return family === 4 ? "ip" : "ip6";
}
