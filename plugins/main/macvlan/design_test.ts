import { assertEquals } from "@std/assert";
import type { IpStep } from "../../../lib/linux/mod.ts";
import type { JsonObject, Result } from "../../../lib/spec/mod.ts";
import { addressingOf } from "../../shared/testing/mod.ts";
import { designWith, textsOf } from "./_testing.ts";

const MAC = "02:00:00:00:00:02";
const IN_CONTAINER = "netns /run/netns/c1 type macvlan";
const NAME = "sandbox: ip link set dev veth00000001 name eth0";
const UP = "sandbox: ip link set dev eth0 up";
const ARP = "sandbox?: sysctl -w net/ipv4/conf/veth00000001/arp_notify=1";
const NDISC = "sandbox?: sysctl -w net/ipv6/conf/veth00000001/ndisc_notify=1";
const IPV4: Result = {
  ips: [{ address: "10.0.0.2/24", gateway: "10.0.0.1" }],
  routes: [{ dst: "0.0.0.0/0" }],
};
const ADDRESS4 = "sandbox: ip addr add 10.0.0.2/24 broadcast + dev eth0";
const ROUTE4 =
  "sandbox: ip route prepend 0.0.0.0/0 via 10.0.0.1 dev eth0 scope 0";

Deno.test("designMacvlan() makes the interface in the container", async (t) => {
  const cases: Record<string, readonly [JsonObject, string]> = {
    "bridge": [
      {},
      "host: ip link add link up0 name veth00000001 " +
      `address ${MAC} ${IN_CONTAINER} mode bridge`,
    ],
    "all there is": [
      { mode: "private", mtu: 1400, mac: "02:00:00:00:00:33", bcqueuelen: 9 },
      "host: ip link add link up0 name veth00000001 mtu 1400 " +
      `address 02:00:00:00:00:33 ${IN_CONTAINER} mode private bcqueuelen 9`,
    ],
    "passthru has the master's address": [
      { mode: "passthru" },
      `host: ip link add link up0 name veth00000001 ${IN_CONTAINER} ` +
      "mode passthru",
    ],
    "a master in the container": [
      { mode: "vepa", linkInContainer: true },
      `sandbox: ip link add link up0 name eth0 address ${MAC} type macvlan ` +
      "mode vepa",
    ],
  };
  for (const [why, [keys, expected]] of Object.entries(cases)) {
    await t.step(why, () => {
      assertEquals(textsOf(designWith(keys).link), [expected]);
    });
  }
});

Deno.test("designMacvlan() has the link undone in the container", () => {
  const [step] = designWith().link as readonly IpStep[];
  assertEquals([step?.undo, step?.undoPlace], [
    ["link", "del", "dev", "veth00000001"],
    "sandbox",
  ]);
});

Deno.test("designMacvlan() names the interface, gives it addresses, sets it up", async (t) => {
  const cases: Record<
    string,
    readonly [JsonObject, Result | undefined, readonly string[]]
  > = {
    "without addresses": [{}, undefined, [NAME, UP]],
    "IPv4": [{}, IPV4, [ARP, NDISC, NAME, ADDRESS4, UP, ROUTE4]],
    "IPv6": [
      {},
      { ips: [{ address: "fd00::2/64" }] },
      [
        ARP,
        NDISC,
        "sandbox: sysctl -w net/ipv6/conf/lo/disable_ipv6=0",
        "sandbox: sysctl -w net/ipv6/conf/veth00000001/disable_ipv6=0",
        "sandbox: sysctl -w net/ipv6/conf/veth00000001/keep_addr_on_down=1",
        NAME,
        "sandbox: ip addr add fd00::2/64 dev eth0",
        UP,
        "sandbox: ip addr show dev eth0",
      ],
    ],
    "passthru": [{ mode: "passthru" }, undefined, [NAME, UP]],
    "passthru, with an address": [
      { mode: "passthru", mac: MAC },
      undefined,
      [`sandbox: ip link set dev veth00000001 address ${MAC}`, NAME, UP],
    ],
    "a master in the container": [
      { linkInContainer: true },
      IPV4,
      [
        ARP.replace("veth00000001", "eth0"),
        NDISC.replace("veth00000001", "eth0"),
        ADDRESS4,
        UP,
        ROUTE4,
      ],
    ],
  };
  for (const [why, [keys, ipam, expected]] of Object.entries(cases)) {
    await t.step(why, () => {
      const { sandbox, host } = designWith(keys).finish(addressingOf(ipam));
      assertEquals([textsOf(sandbox), host], [expected, undefined]);
    });
  }
});

Deno.test("designMacvlan() states the address that the interface has", async (t) => {
  const cases: Record<string, readonly [JsonObject, string]> = {
    "its own": [{}, MAC],
    "one that is asked for": [
      { mac: "02:00:00:00:00:33" },
      "02:00:00:00:00:33",
    ],
    "the master's": [{ mode: "passthru" }, "02:00:00:00:00:0a"],
  };
  for (const [why, [keys, mac]] of Object.entries(cases)) {
    await t.step(why, () => {
      assertEquals(designWith(keys).interfaces, [
        { name: "eth0", mac, sandbox: "/run/netns/c1" },
      ]);
    });
  }
});
