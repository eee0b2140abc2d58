/** A list of plugins, as it is in a `.conflist`. */
export interface NetworkList {
  readonly cniVersion: string;
  readonly name: string;
  readonly plugins: readonly Readonly<
    { type: string } & Record<string, unknown>
  >[];
}

/** The subnet of all networks here; a node's own namespace keeps it apart. */
export const SUBNET = "10.99.0.0/16";

/** What flanneld leaves on a node, in `/run/flannel/subnet.env`. */
export const SUBNET_ENV = `FLANNEL_NETWORK=10.98.0.0/15
FLANNEL_SUBNET=10.99.0.1/16
FLANNEL_MTU=1450
FLANNEL_IPMASQ=false
`;

const PORTMAP = { type: "portmap", capabilities: { portMappings: true } };

const BRIDGE = {
  type: "bridge",
  bridge: "cni0",
  isGateway: true,
  ipMasq: true,
  hairpinMode: true,
  ipam: {
    type: "host-local",
    routes: [{ dst: "0.0.0.0/0" }],
    ranges: [[{ subnet: SUBNET }]],
  },
};

/** The networks that clients use, by the name of their first plugin. */
export const NETWORKS = {
  bridge: {
    cniVersion: "1.0.0",
    name: "pods",
    plugins: [
      BRIDGE,
      PORTMAP,
      { type: "firewall" },
      { type: "bandwidth", capabilities: { bandwidth: true } },
      { type: "tuning", sysctl: { "net.core.somaxconn": "512" } },
    ],
  },
  flannel: {
    cniVersion: "1.0.0",
    name: "pods",
    plugins: [
      {
        type: "flannel",
        delegate: { isDefaultGateway: true, hairpinMode: true },
      },
      PORTMAP,
    ],
  },
  podman: {
    cniVersion: "0.4.0",
    name: "podman",
    plugins: [BRIDGE, PORTMAP, { type: "firewall" }, { type: "tuning" }],
  },
} as const satisfies Readonly<Record<string, NetworkList>>;
