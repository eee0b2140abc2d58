import type { Host, Netns, Sandbox } from "./_host.ts";
import type { Any, PluginCall } from "./_plugin.ts";

/** The addresses of a container in the tests of the firewall plugin. */
export const IPV4 = "10.1.2.3";
export const IPV6 = "fd00:1::3";

/** The comments of the rules. */
const PLUGIN = "CNI firewall plugin rules";

/** A call with these keys, for a container on a bridge with two addresses. */
export function firewallCall(
  host: Host,
  sandbox: Sandbox,
  keys: Readonly<Record<string, unknown>> = {},
): PluginCall & { readonly config: Any } {
  const config = {
    cniVersion: "1.0.0",
    name: host.network,
    type: "firewall",
    backend: "iptables",
    prevResult: resultFor(host, sandbox),
    ...keys,
  };
  return { config, sandbox };
}

/** What a bridge plugin would have told. */
export function resultFor(
  host: Host,
  sandbox: Sandbox,
  addresses: readonly string[] = [`${IPV4}/24`, `${IPV6}/64`],
): Any {
  return {
    cniVersion: "1.0.0",
    interfaces: [
      { name: host.bridge, mac: "02:00:00:00:00:0b" },
      { name: "eth0", mac: "02:00:00:00:00:0c", sandbox: sandbox.path },
    ],
    ips: addresses.map((address) => ({ address, interface: 1 })),
  };
}

/** The rules and chains of table filter, both families one after the other. */
export async function filterOf(netns: Netns): Promise<readonly string[]> {
  const script = "iptables -S; ip6tables -S";
  const text = await netns.must(["sh", "-c", script]);
  return text.split("\n").filter((line) => line !== "");
}

/** Without what is ours alone: the rules that say whose an address is. */
export function withoutOwners(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => !line.includes("CNI-FORWARD-OWNERS"));
}

/**
 * What a host's state tells of rules, without the chain of owners where it is
 * empty: of DELs side by side, none may know that it is the last to use it.
 */
export function withoutEmptyOwners(
  rules: readonly string[],
): readonly string[] {
  const chain = /^(:CNI-FORWARD-OWNERS |chain CNI-FORWARD-OWNERS \{$)/;
  // A rule in it has a line of its own, which stays.
  return rules.filter((rule) => !chain.test(rule));
}

/** What `filterOf` shows of a table that the plugin has used. */
export function filterWith(
  rules: readonly string[] = [],
  chains: readonly string[] = [],
): readonly string[] {
  return [
    ...["INPUT", "FORWARD", "OUTPUT"].map((chain) => `-P ${chain} ACCEPT`),
    ...["CNI-ADMIN", "CNI-FORWARD", ...chains].map((chain) => `-N ${chain}`),
    `-A FORWARD -m comment --comment "${PLUGIN}" -j CNI-FORWARD`,
    '-A CNI-FORWARD -m comment --comment "CNI firewall plugin admin ' +
    'overrides" -j CNI-ADMIN',
    ...rules,
  ];
}

/** The rules of an address, and the one that says whose it is. */
export function rulesOf(
  host: Host,
  { containerId }: Sandbox,
  cidr: string,
): readonly string[] {
  return [
    `-A CNI-FORWARD -d ${cidr} -m conntrack --ctstate RELATED,ESTABLISHED ` +
    "-j ACCEPT",
    `-A CNI-FORWARD -s ${cidr} -j ACCEPT`,
    `-A CNI-FORWARD-OWNERS -s ${cidr} -m comment --comment ` +
    `"cni/${host.network}/${containerId}/eth0"`,
  ];
}
