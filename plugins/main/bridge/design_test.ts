import { assertEquals } from "@std/assert";
import { type Step, stepText } from "../../../lib/linux/mod.ts";
import type { Result } from "../../../lib/spec/mod.ts";
import { bridgeWith, designFor, type Given, NAMES } from "./_testing.ts";
import { planPort } from "./steps.ts";

/** Steps as a person would type them; what may fail is marked. */
function texts(steps: readonly Step[]): readonly string[] {
  return steps.map((step) => {
    const isOptional = step.kind === "sysctl" && step.optional;
    const isForgiven = step.kind === "ip" && step.mayExist;
    const mark = isOptional ? "- " : isForgiven ? "? " : "";
    const text = stepText(step, "NS");
    return mark + text.replace("nsenter --net=NS ", "NS: ");
  });
}

const IPV4: Result = { ips: [{ address: "10.0.0.2/24" }] };
const DUAL: Result = {
  ips: [{ address: "10.0.0.2/24" }, { address: "fd00::2/64" }],
};

const ACCEPT_RA = "- sysctl -w net/ipv6/conf/cni0/accept_ra=0";
const CREATE = "? ip link add name cni0 address 02:00:00:00:00:03 type bridge";
const UP = "ip link set dev cni0 up";
const FORWARD4 = "sysctl -w net/ipv4/ip_forward=1";
const FORWARD6 = "sysctl -w net/ipv6/conf/all/forwarding=1";
const GATEWAY4 = "? ip addr add 10.0.0.1/24 broadcast + dev cni0";
const GATEWAY6 = "? ip addr add fd00::1/64 dev cni0 nodad";
const PIN = "ip link set dev cni0 address 02:00:00:00:00:b0";
const PROMISC = "ip link set dev cni0 promisc on";

const DOWN = { flags: ["BROADCAST", "MULTICAST"] };
const GATEWAY = { isGateway: true };

const VLAN_FILTERING = { isFiltering: true, defaultId: 1 };

/** The host's interface in a VLAN as a pair, up to the VLANs of its port. */
function pairPlan(name: string): readonly string[] {
  return [
    `ip link add name ${name} mtu 1500 type veth peer name veth00000004 ` +
    "mtu 1500",
    "ip link set dev veth00000004 master cni0",
  ];
}

function pairEnd(name: string): readonly string[] {
  return [
    "ip link set dev veth00000004 up",
    `ip link set dev ${name} up`,
    `- sysctl -w net/ipv6/conf/${name}/accept_ra=0`,
    ACCEPT_RA,
    `? ip addr add 10.0.0.1/24 broadcast + dev ${name}`,
    FORWARD4,
  ];
}

const BRIDGE_PLANS: Record<string, readonly [Given, readonly string[]]> = {
  "a fresh bridge, layer 2": [{}, [CREATE, UP, ACCEPT_RA]],
  "a fresh gateway": [
    { keys: GATEWAY, ipam: DUAL },
    [CREATE, UP, ACCEPT_RA, GATEWAY4, GATEWAY6, FORWARD4, FORWARD6],
  ],
  "a fresh bridge with addresses but no gateway": [
    { ipam: DUAL },
    [CREATE, UP, ACCEPT_RA],
  ],
  "isGateway means nothing on layer 2": [
    { keys: GATEWAY },
    [CREATE, UP, ACCEPT_RA],
  ],
  "an MTU for the bridge that is made": [
    { keys: { mtu: 1400 } },
    [CREATE.replace("cni0", "cni0 mtu 1400"), UP, ACCEPT_RA],
  ],
  "an existing bridge is left as it is": [
    { keys: { mtu: 1400 }, bridge: bridgeWith() },
    [ACCEPT_RA],
  ],
  "an existing bridge that is down": [
    { bridge: bridgeWith([], DOWN) },
    [UP, ACCEPT_RA],
  ],
  "an existing bridge becomes a gateway": [
    { keys: GATEWAY, bridge: bridgeWith(), ipam: IPV4 },
    [ACCEPT_RA, GATEWAY4, PIN, FORWARD4],
  ],
  "an existing gateway": [
    { keys: GATEWAY, bridge: bridgeWith(["10.0.0.1/24"]), ipam: IPV4 },
    [ACCEPT_RA, FORWARD4],
  ],
  "a bridge that has lost its ports becomes a gateway": [
    {
      keys: GATEWAY,
      bridge: bridgeWith([], { mac: "00:00:00:00:00:00" }),
      ipam: IPV4,
    },
    [ACCEPT_RA, GATEWAY4, PIN.replace(/\S+$/, NAMES.bridgeMac), FORWARD4],
  ],
  "an address in the way is replaced by force": [
    {
      keys: { ...GATEWAY, forceAddress: true },
      bridge: bridgeWith(["10.9.0.1/16"]),
      ipam: IPV4,
    },
    [ACCEPT_RA, "ip addr del 10.9.0.1/16 dev cni0", GATEWAY4, PIN, FORWARD4],
  ],
  "promiscuous": [
    { keys: { promiscMode: true } },
    [CREATE, PROMISC, UP, ACCEPT_RA],
  ],
  "promiscuous, an existing bridge": [
    { keys: { promiscMode: true }, bridge: bridgeWith() },
    [PROMISC, ACCEPT_RA],
  ],
  "a gateway with a short subnet has no broadcast": [
    { keys: GATEWAY, ipam: { ips: [{ address: "10.0.0.1/31" }] } },
    [CREATE, UP, ACCEPT_RA, "? ip addr add 10.0.0.1/31 dev cni0", FORWARD4],
  ],
  "VLANs of the port only": [
    { keys: { vlanTrunk: [{ id: 5 }] } },
    [`${CREATE} vlan_filtering 1`, UP, ACCEPT_RA],
  ],
  "a gateway in a VLAN": [
    { keys: { ...GATEWAY, vlan: 5, mtu: 1400 }, ipam: IPV4 },
    [
      `${CREATE.replace("cni0", "cni0 mtu 1400")} vlan_filtering 1`,
      UP,
      "? ip link add link cni0 name cni0.5 type vlan id 5",
      "bridge vlan add dev cni0 vid 5 self",
      "ip link set dev cni0.5 up",
      "- sysctl -w net/ipv6/conf/cni0.5/accept_ra=0",
      ACCEPT_RA,
      "? ip addr add 10.0.0.1/24 broadcast + dev cni0.5",
      FORWARD4,
    ],
  ],
  "a gateway in a VLAN, an existing bridge": [
    {
      keys: { ...GATEWAY, vlan: 5 },
      bridge: bridgeWith([], { vlans: VLAN_FILTERING }),
      ownVlan: "none",
      ipam: IPV4,
    },
    [
      "? ip link add link cni0 name cni0.5 type vlan id 5",
      "bridge vlan add dev cni0 vid 5 self",
      "ip link set dev cni0.5 up",
      "- sysctl -w net/ipv6/conf/cni0.5/accept_ra=0",
      ACCEPT_RA,
      "? ip addr add 10.0.0.1/24 broadcast + dev cni0.5",
      PIN,
      FORWARD4,
    ],
  ],
  "a gateway in a VLAN, a bridge that has lost its ports": [
    {
      keys: { ...GATEWAY, vlan: 5 },
      bridge: bridgeWith([], {
        vlans: VLAN_FILTERING,
        mac: "00:00:00:00:00:00",
      }),
      ownVlan: "tagged",
      ipam: IPV4,
    },
    [
      PIN.replace(/\S+$/, NAMES.bridgeMac),
      "? ip link add link cni0 name cni0.5 type vlan id 5",
      "ip link set dev cni0.5 up",
      "- sysctl -w net/ipv6/conf/cni0.5/accept_ra=0",
      ACCEPT_RA,
      "? ip addr add 10.0.0.1/24 broadcast + dev cni0.5",
      PIN.replace(/\S+$/, NAMES.bridgeMac),
      FORWARD4,
    ],
  ],
  "a gateway in the VLAN of untagged frames": [
    {
      keys: { ...GATEWAY, vlan: 1 },
      bridge: bridgeWith([], { vlans: VLAN_FILTERING }),
      ownVlan: "untagged",
      ipam: IPV4,
    },
    [
      ...pairPlan("cni0.1"),
      "bridge vlan del dev veth00000004 vid 1",
      "bridge vlan add dev veth00000004 vid 1 pvid untagged",
      ...pairEnd("cni0.1"),
    ],
  ],
  "a gateway in a VLAN, a bridge that does not filter them": [
    { keys: { ...GATEWAY, vlan: 5 }, bridge: bridgeWith(), ipam: IPV4 },
    [
      ...pairPlan("cni0.5"),
      "bridge vlan del dev veth00000004 vid 1",
      "bridge vlan add dev veth00000004 vid 5 pvid untagged",
      ...pairEnd("cni0.5"),
    ],
  ],
  "a VLAN device that is there, half done": [
    {
      keys: { ...GATEWAY, vlan: 5 },
      bridge: bridgeWith([], { vlans: VLAN_FILTERING }),
      vlanLink: bridgeWith([], {
        ...DOWN,
        name: "cni0.5",
        kind: "vlan",
        lower: "cni0",
      }),
      ownVlan: "none",
      ipam: IPV4,
    },
    [
      "bridge vlan add dev cni0 vid 5 self",
      "ip link set dev cni0.5 up",
      ACCEPT_RA,
      "? ip addr add 10.0.0.1/24 broadcast + dev cni0.5",
      PIN,
      FORWARD4,
    ],
  ],
  "a gateway in a VLAN that is there, made by the Go plugin": [
    {
      keys: { ...GATEWAY, vlan: 5 },
      bridge: bridgeWith(),
      vlanLink: bridgeWith(["10.0.0.1/24"], { name: "cni0.5", kind: "veth" }),
      ipam: IPV4,
    },
    [ACCEPT_RA, FORWARD4],
  ],
};

Deno.test("designBridge() plans what the bridge lacks", async (t) => {
  for (const [why, [given, expected]] of Object.entries(BRIDGE_PLANS)) {
    await t.step(why, () => {
      const { pair, design, finish } = designFor(given);
      const port = texts(planPort(pair));
      const link = texts(design.link);
      // The port comes last.
      assertEquals(link.slice(-port.length), port);
      const bridge = link.slice(0, -port.length);
      assertEquals([...bridge, ...texts(finish.host ?? [])], expected);
      const made = designFor(given, { isMade: true });
      assertEquals(made.design.link, []);
      assertEquals(texts(made.finish.host ?? []), expected);
    });
  }
});

/** The plan of a port, with places to be filled. */
function portPlan(
  { mtu = "", hairpin = "off", isolated = "off", mac = "02:00:00:00:00:02" },
): readonly string[] {
  return [
    `ip link add name veth00000001 ${mtu}txqueuelen 0 address ` +
    `02:00:00:00:00:01 type veth peer name eth0 ${mtu}address ${mac} ` +
    "netns /run/netns/c1",
    "ip link set dev veth00000001 master cni0 alias cni/net1/c1/eth0",
    `ip link set dev veth00000001 up type bridge_slave hairpin ${hairpin} ` +
    `isolated ${isolated}`,
    "- sysctl -w net/ipv6/conf/veth00000001/accept_ra=0",
  ];
}

function withVlans(...lines: readonly string[]): readonly string[] {
  const plan = portPlan({});
  const vlans = lines.map((line) => `bridge vlan ${line}`);
  return [...plan.slice(0, 3), ...vlans, ...plan.slice(3)];
}

const PORT_PLANS: Record<string, readonly [Given, readonly string[]]> = {
  "plain": [{}, portPlan({})],
  "mtu": [{ keys: { mtu: 1400 } }, portPlan({ mtu: "mtu 1400 " })],
  "hairpin": [{ keys: { hairpinMode: true } }, portPlan({ hairpin: "on" })],
  "isolated": [{ keys: { portIsolation: true } }, portPlan({ isolated: "on" })],
  "a hardware address that is asked for": [
    { keys: { runtimeConfig: { mac: "02:00:00:00:00:FF" } } },
    portPlan({ mac: "02:00:00:00:00:ff" }),
  ],
  "a VLAN": [
    { keys: { vlan: 5 } },
    withVlans(
      "del dev veth00000001 vid 1",
      "add dev veth00000001 vid 5 pvid untagged",
    ),
  ],
  "a VLAN on a bridge with another default": [
    {
      keys: { vlan: 5 },
      bridge: bridgeWith([], { vlans: { isFiltering: true, defaultId: 9 } }),
    },
    withVlans(
      "del dev veth00000001 vid 9",
      "add dev veth00000001 vid 5 pvid untagged",
    ),
  ],
  "a VLAN on a bridge without a default": [
    {
      keys: { vlan: 5 },
      bridge: bridgeWith([], { vlans: { isFiltering: true, defaultId: 0 } }),
    },
    withVlans("add dev veth00000001 vid 5 pvid untagged"),
  ],
  "a VLAN beside the default": [
    {
      keys: { vlan: 5, preserveDefaultVlan: true },
      bridge: bridgeWith([], { vlans: VLAN_FILTERING }),
    },
    withVlans("add dev veth00000001 vid 5 pvid untagged"),
  ],
  "a trunk": [
    { keys: { vlanTrunk: [{ minID: 10, maxID: 12 }, { id: 20 }] } },
    withVlans(
      "del dev veth00000001 vid 1",
      "add dev veth00000001 vid 10-12",
      "add dev veth00000001 vid 20",
      "add dev veth00000001 vid 1 pvid untagged",
    ),
  ],
  "a VLAN and a trunk": [
    { keys: { vlan: 11, vlanTrunk: [{ minID: 10, maxID: 12 }] } },
    withVlans(
      "del dev veth00000001 vid 1",
      "add dev veth00000001 vid 10",
      "add dev veth00000001 vid 12",
      "add dev veth00000001 vid 11 pvid untagged",
    ),
  ],
  "an empty trunk": [{ keys: { vlanTrunk: [] } }, portPlan({})],
};

Deno.test("planPort() plans the pair and its port", async (t) => {
  for (const [why, [given, expected]] of Object.entries(PORT_PLANS)) {
    await t.step(why, () => {
      assertEquals(texts(planPort(designFor(given).pair)), expected);
    });
  }
});

Deno.test("planPort() can be undone as a whole by removing the pair", () => {
  const steps = planPort(designFor({}).pair);
  const undo = steps.map((step) => step.kind === "ip" ? step.undo : undefined);
  assertEquals(undo.filter((words) => words !== undefined), [
    ["link", "del", "dev", "veth00000001"],
  ]);
});

const NO_DAD = "- NS: sysctl -w net/ipv6/conf/eth0/accept_dad=0";
const DAD = [
  "- NS: sysctl -w net/ipv6/conf/eth0/enhanced_dad=1",
  "- NS: sysctl -w net/ipv6/conf/eth0/accept_dad=1",
];
const ARP_NOTIFY = "- NS: sysctl -w net/ipv4/conf/eth0/arp_notify=1";
const IPV6_ON = [
  "NS: sysctl -w net/ipv6/conf/lo/disable_ipv6=0",
  "NS: sysctl -w net/ipv6/conf/eth0/disable_ipv6=0",
  "NS: sysctl -w net/ipv6/conf/eth0/keep_addr_on_down=1",
];
const ADDRESS4 = "NS: ip addr add 10.0.0.2/24 broadcast + dev eth0";
const ADDRESS6 = "NS: ip addr add fd00::2/64 dev eth0 nodad";
const LINK_UP = "NS: ip link set dev eth0 up";
const SHOW = "NS: ip addr show dev eth0";

/** The plan for one IPv4 address with the gateway 10.0.0.1 and these routes. */
function routed(
  routes: NonNullable<Result["routes"]>,
  expected: readonly string[],
): readonly [Given, readonly string[]] {
  const lines = expected.map((line) => `NS: ip route prepend ${line}`);
  return [
    { keys: GATEWAY, ipam: { ...IPV4, routes } },
    [NO_DAD, ARP_NOTIFY, ADDRESS4, LINK_UP, ...lines],
  ];
}

const SANDBOX_PLANS: Record<string, readonly [Given, readonly string[]]> = {
  "layer 2": [{}, [LINK_UP]],
  "layer 2, left down": [{ keys: { disableContainerInterface: true } }, []],
  "IPv4": [{ ipam: IPV4 }, [NO_DAD, ARP_NOTIFY, ADDRESS4, LINK_UP]],
  "dual stack": [
    { ipam: DUAL },
    [NO_DAD, ARP_NOTIFY, ...IPV6_ON, ADDRESS4, ADDRESS6, LINK_UP, SHOW],
  ],
  "enabledad": [
    { keys: { enabledad: true }, ipam: DUAL },
    [
      ...DAD,
      ARP_NOTIFY,
      ...IPV6_ON,
      ADDRESS4,
      "NS: ip addr add fd00::2/64 dev eth0",
      LINK_UP,
      SHOW,
    ],
  ],
  "default gateway": [
    { keys: { isDefaultGateway: true }, ipam: DUAL },
    [
      ...[NO_DAD, ARP_NOTIFY, ...IPV6_ON, ADDRESS4, ADDRESS6, LINK_UP],
      "NS: ip route prepend 0.0.0.0/0 via 10.0.0.1 dev eth0 scope 0",
      "NS: ip route prepend ::/0 via fd00::1 dev eth0",
      SHOW,
    ],
  ],
  "a single address has no broadcast": [
    { ipam: { ips: [{ address: "10.0.0.2/32" }] } },
    [NO_DAD, ARP_NOTIFY, "NS: ip addr add 10.0.0.2/32 dev eth0", LINK_UP],
  ],
  "a route without gw goes by the gateway": routed(
    [{ dst: "10.9.0.0/16" }],
    ["10.9.0.0/16 via 10.0.0.1 dev eth0 scope 0"],
  ),
  "a route with gw": routed(
    [{ dst: "10.9.0.0/16", gw: "10.0.0.7" }],
    ["10.9.0.0/16 via 10.0.0.7 dev eth0 scope 0"],
  ),
  "a route with all there is": routed(
    [{
      dst: "10.9.0.0/16",
      priority: 50,
      table: 77,
      scope: 0,
      mtu: 1300,
      advmss: 1200,
    }],
    [
      "10.9.0.0/16 via 10.0.0.1 dev eth0 metric 50 table 77 scope 0 " +
      "mtu 1300 advmss 1200",
    ],
  ),
  "a route with a scope of its own": routed(
    [{ dst: "10.9.0.0/16", scope: 200 }],
    ["10.9.0.0/16 via 10.0.0.1 dev eth0 scope 200"],
  ),
  "zeros mean absent, but for table": routed(
    [{ dst: "10.9.0.0/16", priority: 0, table: 0, mtu: 0, advmss: 0 }],
    ["10.9.0.0/16 via 10.0.0.1 dev eth0 table 0 scope 0"],
  ),
  "two routes to one destination": routed(
    [
      { dst: "10.9.0.0/16", gw: "10.0.0.7" },
      { dst: "10.9.0.0/16", gw: "10.0.0.8" },
    ],
    [
      "10.9.0.0/16 via 10.0.0.7 dev eth0 scope 0",
      "10.9.0.0/16 via 10.0.0.8 dev eth0 scope 0",
    ],
  ),
  "a next hop of the other family": routed(
    [{ dst: "10.9.0.0/16", gw: "fd00::9" }],
    ["10.9.0.0/16 via inet6 fd00::9 dev eth0 scope 0"],
  ),
  "no gateway: a route of the device": [
    { ipam: { ...IPV4, routes: [{ dst: "10.9.0.0/16" }] } },
    [
      ...[NO_DAD, ARP_NOTIFY, ADDRESS4, LINK_UP],
      "NS: ip route prepend 10.9.0.0/16 dev eth0 scope 0",
    ],
  ],
};

Deno.test("designBridge() plans addresses and routes in the container", async (t) => {
  for (const [why, [given, expected]] of Object.entries(SANDBOX_PLANS)) {
    await t.step(why, () => {
      assertEquals(texts(designFor(given).finish.sandbox), expected);
    });
  }
});

Deno.test("designBridge() states bridge, pair, and the link in a VLAN", () => {
  const { design, finish } = designFor({
    keys: { isGateway: true, vlan: 5 },
    bridge: bridgeWith(),
    vlanLink: bridgeWith([], { name: "cni0.5", mac: "02:00:00:00:00:05" }),
    ipam: IPV4,
  });
  assertEquals(design.interfaces, [
    { name: "cni0", mac: "02:00:00:00:00:b0" },
    { name: "veth00000001", mac: "02:00:00:00:00:01" },
    { name: "eth0", mac: "02:00:00:00:00:02", sandbox: "/run/netns/c1" },
    { name: "cni0.5", mac: "02:00:00:00:00:05" },
  ]);
  const ips = [{ address: "10.0.0.2/24", gateway: "10.0.0.1", interface: 0 }];
  assertEquals(finish.addressing, { ips, routes: [] });
});

Deno.test("designBridge() states nothing that is not known yet", () => {
  const { design, finish } = designFor({});
  const [bridge, ...rest] = design.interfaces;
  assertEquals([bridge, rest.length], [{ name: "cni0" }, 2]);
  assertEquals(finish.addressing, undefined);
});

Deno.test("designBridge() waits for the port, unless its peer is left down", () => {
  const down = { keys: { disableContainerInterface: true } };
  const awaited = [{}, down].map((given) => designFor(given).design.awaited);
  assertEquals(awaited, [
    { name: "veth00000001", what: "bridge port" },
    undefined,
  ]);
});
