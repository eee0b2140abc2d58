import type { Host, Netns, Sandbox } from "./_host.ts";

/** Addresses that a container of a test need not have. */
export const PORTMAP_ADDRESSES = {
  "IPv4": ["10.77.0.2/24"],
  "IPv6": ["fd77::2/64"],
  "dual stack": ["10.77.0.2/24", "fd77::2/64"],
};

/** A configuration of portmap, as a runtime passes it on. */
export function portmapConfig(
  host: Host,
  sandbox: Sandbox,
  keys: Readonly<Record<string, unknown>> & {
    readonly portMappings?: readonly unknown[];
    readonly addresses?: readonly string[];
  } = {},
): Record<string, unknown> {
  const { portMappings = [published(8080, 80)], addresses, ...rest } = keys;
  const ips = addresses ?? PORTMAP_ADDRESSES["dual stack"];
  return {
    cniVersion: "1.0.0",
    name: host.network,
    type: "portmap",
    prevResult: {
      cniVersion: "1.0.0",
      interfaces: [{ name: "eth0", sandbox: sandbox.path }],
      ips: ips.map((address) => ({ address, interface: 0 })),
    },
    runtimeConfig: { portMappings },
    ...rest,
  };
}

/** A mapping of a port of the host to one of the container. */
export function published(
  hostPort: number,
  containerPort: number,
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return { hostPort, containerPort, protocol: "tcp", ...more };
}

/** All that iptables and nft have, but for handles: to be compared. */
export async function firewallOf(netns: Netns): Promise<readonly string[]> {
  const text = await netns.must(["sh", "-c", READ]);
  return text.split("\n").filter((line) => line !== "");
}

/** All rules of mapped ports, and none of what all containers share. */
export async function portRulesOf(netns: Netns): Promise<readonly string[]> {
  const isOwn = /CNI-[DS]N-|dnat to|comment "ct-/;
  return (await firewallOf(netns)).filter((line) => isOwn.test(line));
}

// The tables that iptables keeps in nft are listed once, by iptables.
const READ = `
iptables -t nat -S; ip6tables -t nat -S
for family in ip ip6; do nft list table $family cni_hostport 2>/dev/null; done
:
`;

/** Puts links to iptables-legacy under its usual names; returns `PATH`. */
export async function legacyPath(host: Host): Promise<string> {
  const folder = `${host.scratchDir}/legacy`;
  await Deno.mkdir(folder, { recursive: true });
  for (const name of ["iptables", "ip6tables"]) {
    for (const suffix of ["", "-restore"]) {
      const target = `/usr/sbin/${name}-legacy${suffix}`;
      await Deno.symlink(target, `${folder}/${name}${suffix}`);
    }
  }
  return `${folder}:${Deno.env.get("PATH") ?? ""}`;
}
