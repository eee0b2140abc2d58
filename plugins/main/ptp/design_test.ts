import { assertEquals, assertThrows } from "@std/assert";
import { CniCode, CniError, type Result } from "../../../lib/spec/mod.ts";
import { addressingOf } from "../../shared/testing/mod.ts";
import { designWith, textsOf } from "./_testing.ts";

const IPV4 = { address: "10.0.0.2/24", gateway: "10.0.0.1" };
const IPV6 = { address: "fd00::2/64", gateway: "fd00::1" };
const PAIR = "txqueuelen 0 address 02:00:00:00:00:01 type veth peer name eth0";
const SHOW = "ip addr show dev eth0";
const UP = "ip link set dev eth0 up";
const IPV6_ON = [
  "? sysctl -w net/ipv6/conf/eth0/accept_dad=0",
  "sysctl -w net/ipv6/conf/lo/disable_ipv6=0",
  "sysctl -w net/ipv6/conf/eth0/disable_ipv6=0",
  "sysctl -w net/ipv6/conf/eth0/keep_addr_on_down=1",
];
const FORWARD4 = "sysctl -w net/ipv4/ip_forward=1";
const FORWARD6 = "sysctl -w net/ipv6/conf/all/forwarding=1";
const HOST_IPV6 = "? sysctl -w net/ipv6/conf/veth00000001/disable_ipv6=0";

Deno.test("designPtp() makes the pair, which takes all back when it goes", () => {
  const steps = designWith({ mtu: 1400 }).link;
  assertEquals(textsOf(steps), [
    `ip link add name veth00000001 mtu 1400 ${PAIR} mtu 1400 ` +
    "address 02:00:00:00:00:02 netns /run/netns/c1",
    "ip link set dev veth00000001 alias cni/net1/c1/eth0",
    "? sysctl -w net/ipv6/conf/veth00000001/accept_ra=0",
    "ip link set dev veth00000001 up",
  ]);
  const undo = steps.map((step) => step.kind === "ip" && step.undo);
  assertEquals(undo, [
    ["link", "del", "dev", "veth00000001"],
    undefined,
    false,
    undefined,
  ]);
});

Deno.test("designPtp() leaves out what is not asked for", () => {
  const { link } = designWith({}, { alias: undefined });
  const [first, second] = textsOf(link);
  assertEquals(
    first,
    `ip link add name veth00000001 ${PAIR} address 02:00:00:00:00:02 netns ` +
      "/run/netns/c1",
  );
  assertEquals(second, "? sysctl -w net/ipv6/conf/veth00000001/accept_ra=0");
});

/** An IPAM result, and the steps in the host and in the container. */
const CASES: Record<
  string,
  readonly [Result, readonly string[], readonly string[]]
> = {
  "IPv4": [
    { ips: [IPV4], routes: [{ dst: "0.0.0.0/0" }] },
    [
      FORWARD4,
      "ip addr add 10.0.0.1/32 dev veth00000001",
      "ip route add 10.0.0.2/32 dev veth00000001 scope host",
    ],
    [
      "ip addr add 10.0.0.2/24 broadcast + dev eth0 noprefixroute",
      UP,
      "ip route append 10.0.0.1/32 dev eth0 scope link src 10.0.0.2",
      "ip route append 10.0.0.0/24 via 10.0.0.1 dev eth0 src 10.0.0.2",
      "ip route prepend 0.0.0.0/0 via 10.0.0.1 dev eth0 scope 0",
    ],
  ],
  "IPv6": [
    { ips: [IPV6], routes: [{ dst: "::/0" }] },
    [
      FORWARD6,
      HOST_IPV6,
      "ip addr add fd00::1/128 dev veth00000001 nodad",
      "ip route add fd00::2/128 dev veth00000001 scope host",
    ],
    [
      ...IPV6_ON,
      "ip addr add fd00::2/64 dev eth0 nodad noprefixroute",
      UP,
      "ip route append fd00::1/128 dev eth0 scope link src fd00::2",
      "ip route append fd00::/64 via fd00::1 dev eth0 src fd00::2",
      "ip route prepend ::/0 via fd00::1 dev eth0",
      SHOW,
    ],
  ],
  "two addresses of a subnet": [
    { ips: [IPV4, { ...IPV4, address: "10.0.0.3/24" }] },
    [
      FORWARD4,
      "ip addr add 10.0.0.1/32 dev veth00000001",
      "ip route add 10.0.0.2/32 dev veth00000001 scope host",
      "ip route add 10.0.0.3/32 dev veth00000001 scope host",
    ],
    [
      "ip addr add 10.0.0.2/24 broadcast + dev eth0 noprefixroute",
      "ip addr add 10.0.0.3/24 broadcast + dev eth0 noprefixroute",
      UP,
      "ip route append 10.0.0.1/32 dev eth0 scope link src 10.0.0.2",
      "ip route append 10.0.0.0/24 via 10.0.0.1 dev eth0 src 10.0.0.2",
    ],
  ],
  "a single address whose gateway is elsewhere": [
    { ips: [{ address: "10.0.0.2/32", gateway: "169.254.1.1" }] },
    [
      FORWARD4,
      "ip addr add 169.254.1.1/32 dev veth00000001",
      "ip route add 10.0.0.2/32 dev veth00000001 scope host",
    ],
    [
      "ip addr add 10.0.0.2/32 dev eth0 noprefixroute",
      UP,
      "ip route append 169.254.1.1/32 dev eth0 scope link src 10.0.0.2",
    ],
  ],
};

Deno.test("designPtp() makes the host the container's router", async (t) => {
  for (const [why, [ipam, expected]] of Object.entries(CASES)) {
    await t.step(why, () => {
      const { host = [] } = designWith().finish(addressingOf(ipam));
      assertEquals(textsOf(host), expected);
    });
  }
});

Deno.test("designPtp() has the container send all to the host", async (t) => {
  for (const [why, [ipam, , expected]] of Object.entries(CASES)) {
    await t.step(why, () => {
      const { sandbox } = designWith().finish(addressingOf(ipam));
      assertEquals(textsOf(sandbox), expected);
    });
  }
});

Deno.test("designPtp() refuses addresses that cannot be routed", async (t) => {
  const cases: Record<string, Result> = {
    "no gateway": { ips: [{ address: "10.0.0.2/24" }] },
    "a gateway of the other family": { ips: [{ ...IPV4, gateway: "fd00::1" }] },
    "its own gateway": { ips: [{ ...IPV4, gateway: "10.0.0.2" }] },
    "no gateway for the second one": { ips: [IPV4, { address: "fd00::2/64" }] },
  };
  for (const [why, ipam] of Object.entries(cases)) {
    await t.step(why, () => {
      const error = assertThrows(
        () => designWith().finish(addressingOf(ipam)),
        CniError,
      );
      assertEquals(error.code, CniCode.Internal);
    });
  }
});

Deno.test("designPtp() states both ends, and waits for the host's", () => {
  const { interfaces, awaited } = designWith();
  assertEquals(interfaces, [
    { name: "veth00000001", mac: "02:00:00:00:00:01" },
    { name: "eth0", mac: "02:00:00:00:00:02", sandbox: "/run/netns/c1" },
  ]);
  assertEquals(awaited, { name: "veth00000001", what: "veth" });
});
