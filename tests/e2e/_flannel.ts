import type { Host } from "./_host.ts";

/** What `subnet.env` says of a node; both families where both are given. */
export interface Lease {
  readonly network?: string;
  readonly subnet?: string;
  readonly ipv6Network?: string;
  readonly ipv6Subnet?: string;
  readonly mtu?: number;
  readonly ipMasq?: boolean;
}

/** A lease of IPv4, with the sizes that most clusters have. */
export const LEASE: Lease = {
  network: "10.244.0.0/16",
  subnet: "10.244.1.1/24",
};

/** The path of a host's subnet file. */
export function subnetFileOf(host: Host): string {
  return `${host.dataDir}/subnet.env`;
}

/** The path of a file of flannel's state. */
export function stateFileOf(host: Host, name: string): string {
  return `${host.dataDir}/flannel/${name}`;
}

/** Writes a host's subnet file, as flanneld does. */
export async function writeLease(
  host: Host,
  lease: Lease = LEASE,
): Promise<void> {
  const { network, subnet, ipv6Network, ipv6Subnet } = lease;
  const { mtu = 1450, ipMasq = true } = lease;
  const lines = [
    network && `FLANNEL_NETWORK=${network}`,
    subnet && `FLANNEL_SUBNET=${subnet}`,
    ipv6Network && `FLANNEL_IPV6_NETWORK=${ipv6Network}`,
    ipv6Subnet && `FLANNEL_IPV6_SUBNET=${ipv6Subnet}`,
    `FLANNEL_MTU=${mtu}`,
    `FLANNEL_IPMASQ=${ipMasq}`,
  ];
  await Deno.mkdir(host.dataDir, { recursive: true });
  const text = lines.filter((line) => line !== undefined).join("\n");
  await Deno.writeTextFile(subnetFileOf(host), `${text}\n`);
}

/** A configuration of flannel with the host's own names, keys over defaults. */
export function flannelConfig(
  host: Host,
  { delegate = {}, ...keys }: Readonly<
    Record<string, unknown> & { delegate?: object }
  > = {},
): Record<string, unknown> {
  return {
    cniVersion: "1.0.0",
    name: host.network,
    type: "flannel",
    subnetFile: subnetFileOf(host),
    dataDir: `${host.dataDir}/flannel`,
    ipam: { dataDir: `${host.dataDir}/networks` },
    delegate: { bridge: host.bridge, isDefaultGateway: true, ...delegate },
    ...keys,
  };
}
