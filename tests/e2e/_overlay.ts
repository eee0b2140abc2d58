import { type Lease, writeLease } from "./_flannel.ts";
import type { Host } from "./_host.ts";

/** A host that is part of an overlay. */
export interface OverlayNode {
  readonly host: Host;
  readonly lease: Lease;
  /** Its address on the wire that joins all nodes. */
  readonly address: string;
}

/** The overlay's own sizes. */
export interface OverlayOptions {
  /** Whether flanneld masquerades, which then is done here in its place. */
  readonly ipMasq: boolean;
}

const WIRE_MTU = 1500;

/** IPv6 and its UDP, VXLAN and Ethernet headers: what flanneld takes off. */
const OVERHEAD = { 4: 50, 6: 70 } as const;

/**
 * Joins hosts to an overlay of both families as flanneld's vxlan backend does:
 * on each a device `flannel.1` (`flannel-v6.1` for IPv6) of VNI 1 that learns
 * nothing, with an entry for the MAC address of every other node's device, for
 * where that is, and a route to its subnet; and a subnet file.
 */
export async function createOverlay(
  hosts: readonly Host[],
  options: OverlayOptions,
): Promise<readonly OverlayNode[]> {
  await createWire(hosts);
  const nodes = hosts.map((host, index) => nodeOf(host, index + 1, options));
  for (const [index, node] of nodes.entries()) {
    await node.host.must(["sh", "-ec", nodeScript(index + 1, nodes.length)]);
    if (options.ipMasq) await node.host.must(["sh", "-ec", MASQUERADE]);
    await writeLease(node.host, node.lease);
  }
  return nodes;
}

/** One Ethernet segment with all hosts on it. */
async function createWire(hosts: readonly Host[]): Promise<void> {
  const wire = await hosts[0]!.addNetns();
  await wire.ip("link add wire type bridge");
  await wire.ip("link set wire up");
  for (const [index, { ip }] of hosts.entries()) {
    const port = `port${index + 1}`;
    await ip(
      `link add wire0 mtu ${WIRE_MTU} type veth peer name ${port} netns ${wire.path}`,
    );
    await wire.ip(`link set ${port} master wire up`);
    await ip(`addr add ${wireAddress(index + 1, 4)}/24 dev wire0`);
    await ip(`addr add ${wireAddress(index + 1, 6)}/64 dev wire0 nodad`);
    await ip("link set wire0 up");
  }
}

function nodeOf(
  host: Host,
  number: number,
  { ipMasq }: OverlayOptions,
): OverlayNode {
  return {
    host,
    address: wireAddress(number, 4),
    lease: {
      network: "10.244.0.0/16",
      subnet: `10.244.${number}.1/24`,
      ipv6Network: "fd00:244::/48",
      ipv6Subnet: `fd00:244:0:${number}::1/64`,
      mtu: WIRE_MTU - OVERHEAD[6],
      ipMasq,
    },
  };
}

function nodeScript(number: number, count: number): string {
  const others = Array.from({ length: count }, (_, index) => index + 1)
    .filter((other) => other !== number);
  return ([4, 6] as const).flatMap((family) => {
    const dev = DEVICE[family];
    const length = family === 4 ? 32 : 128;
    return [
      `ip link add ${dev} address ${macOf(number, family)} type vxlan id 1 ` +
      `dev wire0 local ${wireAddress(number, family)} dstport 8472 nolearning`,
      `ip link set ${dev} mtu ${WIRE_MTU - OVERHEAD[family]} up`,
      `ip addr add ${firstAddress(number, family)}/${length} dev ${dev}`,
      ...others.flatMap((other) => peerLines(other, family)),
    ];
  }).join("\n");
}

function peerLines(other: number, family: 4 | 6): readonly string[] {
  const dev = DEVICE[family];
  const via = firstAddress(other, family);
  const mac = macOf(other, family);
  const length = family === 4 ? 24 : 64;
  return [
    `ip neigh add ${via} lladdr ${mac} dev ${dev} nud permanent`,
    `bridge fdb add ${mac} dev ${dev} dst ${wireAddress(other, family)}`,
    `ip route add ${via}/${length} via ${via} dev ${dev} onlink`,
  ];
}

const DEVICE = { 4: "flannel.1", 6: "flannel-v6.1" } as const;

function wireAddress(number: number, family: 4 | 6): string {
  return family === 4 ? `198.51.100.${number}` : `2001:db8:77::${number}`;
}

function firstAddress(number: number, family: 4 | 6): string {
  return family === 4 ? `10.244.${number}.0` : `fd00:244:0:${number}::`;
}

function macOf(number: number, family: 4 | 6): string {
  return `02:00:00:00:0${family}:0${number}`;
}

/** What flanneld is asked to do by `--ip-masq`. */
const MASQUERADE = `
iptables -t nat -A POSTROUTING -s 10.244.0.0/16 -d 10.244.0.0/16 -j RETURN
iptables -t nat -A POSTROUTING -s 10.244.0.0/16 ! -d 224.0.0.0/4 -j MASQUERADE
ip6tables -t nat -A POSTROUTING -s fd00:244::/48 -d fd00:244::/48 -j RETURN
ip6tables -t nat -A POSTROUTING -s fd00:244::/48 ! -d ff00::/8 -j MASQUERADE
`;
