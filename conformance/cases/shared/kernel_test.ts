import { assertEquals } from "@std/assert";
import { linkNamed, parseKernel } from "./kernel.ts";

const LINKS = [
  {
    ifindex: 1,
    ifname: "lo",
    flags: ["LOOPBACK"],
    mtu: 65536,
    link_type: "loopback",
    address: "00:00:00:00:00:00",
    addr_info: [],
  },
  {
    ifindex: 2,
    ifname: "eth0",
    flags: ["BROADCAST", "UP", "LOWER_UP"],
    mtu: 1500,
    master: "br0",
    link_type: "ether",
    address: "1e:b4:f4:8a:b3:90",
    linkinfo: { info_kind: "veth" },
    addr_info: [
      { family: "inet", local: "10.1.0.2", prefixlen: 24, scope: "global" },
      { family: "inet6", local: "fd00::2", prefixlen: 64, scope: "global" },
      { family: "inet6", local: "fe80::1", prefixlen: 64, scope: "link" },
    ],
  },
  {
    ifindex: 3,
    ifname: "tun0",
    flags: [],
    mtu: 1400,
    link_type: "none",
    addr_info: [],
  },
];

const ROUTES = [
  {
    type: "unicast",
    dst: "198.51.100.0/24",
    gateway: "10.1.0.1",
    dev: "eth0",
    table: "101",
    protocol: "boot",
    scope: "global",
    metric: 50,
    metrics: [{ mtu: 1400, advmss: 1300 }],
  },
  { type: "unicast", dst: "default", dev: "eth0", table: "main" },
  { type: "unicast", dst: "default", dev: "eth0", pref: "medium" },
  { type: "unicast", dst: "10.1.0.9", via: { host: "fd00::1" }, dev: "eth0" },
  {
    ...{ type: "unicast", dst: "10.1.0.0/24", dev: "eth0" },
    ...{ protocol: "kernel", scope: "link" },
  },
  { type: "blackhole", dst: "10.9.0.0/24" },
  { type: "local", dst: "10.1.0.2", dev: "eth0", table: "local" },
  { type: "multicast", dst: "ff00::/8", dev: "eth0", pref: "medium" },
  { type: "unicast", dst: "fe80::/64", dev: "eth0", pref: "medium" },
];

const RULES = [{ priority: 5, src: "10.1.0.2", table: "101" }];

Deno.test("parseKernel() reads what ip prints", () => {
  const text = [LINKS, ROUTES, RULES, []].map((one) => JSON.stringify(one));
  const kernel = parseKernel(`${text.join("\n\n")}\n`);
  assertEquals(linkNamed(kernel, "eth0"), {
    index: 2,
    name: "eth0",
    kind: "veth",
    mac: "1e:b4:f4:8a:b3:90",
    mtu: 1500,
    isUp: true,
    master: "br0",
    addresses: ["10.1.0.2/24", "fd00::2/64"],
  });
  assertEquals(linkNamed(kernel, "tun0"), {
    ...{ index: 3, name: "tun0", kind: "", mtu: 1400, isUp: false },
    addresses: [],
  });
  assertEquals(linkNamed(kernel, "eth9"), undefined);
  const plain = { dev: "eth0", table: "main", scope: "global", isOwn: false };
  assertEquals(kernel.routes, [
    {
      ...plain,
      dst: "198.51.100.0/24",
      gw: "10.1.0.1",
      table: "101",
      priority: 50,
      mtu: 1400,
      advmss: 1300,
    },
    { ...plain, dst: "0.0.0.0/0" },
    { ...plain, dst: "::/0" },
    { ...plain, dst: "10.1.0.9/32", gw: "fd00::1" },
    { ...plain, dst: "10.1.0.0/24", scope: "link", isOwn: true },
    { dst: "10.9.0.0/24", table: "main", scope: "global", isOwn: false },
  ]);
  assertEquals(kernel.rules, ["5: from 10.1.0.2 {} lookup 101"]);
});
