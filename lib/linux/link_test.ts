import { assertEquals } from "@std/assert";
import { type Cidr, parseCidr } from "../net/mod.ts";
import { type LinkAddress, parseLinks } from "./link.ts";

/** An address without any of its marks. */
function address(text: string, scope: string): LinkAddress {
  const cidr: Cidr = parseCidr(text);
  return { cidr, scope, isTentative: false, isDuplicate: false };
}

// As `ip -j -d addr show` of iproute2 6.1 printed them, less some keys.

const LO = {
  "ifindex": 1,
  "ifname": "lo",
  "flags": ["LOOPBACK", "UP", "LOWER_UP"],
  "mtu": 65536,
  "qdisc": "noqueue",
  "operstate": "UNKNOWN",
  "group": "default",
  "txqlen": 1000,
  "link_type": "loopback",
  "address": "00:00:00:00:00:00",
  "broadcast": "00:00:00:00:00:00",
  "promiscuity": 0,
  "addr_info": [{
    "family": "inet",
    "local": "127.0.0.1",
    "prefixlen": 8,
    "scope": "host",
    "label": "lo",
    "valid_life_time": 4294967295,
    "preferred_life_time": 4294967295,
  }, {
    "family": "inet6",
    "local": "::1",
    "prefixlen": 128,
    "scope": "host",
    "valid_life_time": 4294967295,
    "preferred_life_time": 4294967295,
  }],
};

const BRIDGE = {
  "ifindex": 2,
  "ifname": "br0",
  "flags": ["NO-CARRIER", "BROADCAST", "MULTICAST", "UP", "LOWER_UP"],
  "mtu": 1400,
  "operstate": "DOWN",
  "link_type": "ether",
  "address": "02:00:00:00:00:01",
  "promiscuity": 1,
  "linkinfo": {
    "info_kind": "bridge",
    "info_data": { "forward_delay": 1500, "vlan_filtering": 0 },
  },
  "addr_info": [{
    "family": "inet",
    "local": "10.1.0.1",
    "prefixlen": 16,
    "broadcast": "10.1.255.255",
    "scope": "global",
    "label": "br0",
  }],
};

const PORT = {
  "ifindex": 4,
  "link_index": 14,
  "ifname": "v0",
  "flags": ["BROADCAST", "MULTICAST", "PROMISC", "UP", "LOWER_UP"],
  "mtu": 1400,
  "master": "br0",
  "operstate": "UP",
  "link_type": "ether",
  "address": "02:00:00:00:00:02",
  "link_netnsid": 0,
  "promiscuity": 2,
  "linkinfo": {
    "info_kind": "veth",
    "info_slave_kind": "bridge",
    "info_slave_data": { "state": "forwarding", "hairpin": true },
  },
  "ifalias": "cni:n1",
  "addr_info": [{
    "family": "inet6",
    "local": "fe80::ff:fe00:2",
    "prefixlen": 64,
    "scope": "link",
    "tentative": true,
  }, {
    "family": "inet6",
    "local": "fd00::5",
    "prefixlen": 64,
    "scope": "global",
    "dadfailed": true,
    "tentative": true,
  }],
};

Deno.test("parseLinks() reads what ip prints", () => {
  assertEquals(parseLinks([LO, BRIDGE, PORT]), [
    {
      name: "lo",
      index: 1,
      kind: "",
      mac: "00:00:00:00:00:00",
      mtuBytes: 65536,
      operState: "UNKNOWN",
      flags: ["LOOPBACK", "UP", "LOWER_UP"],
      promiscuity: 0,
      addresses: [address("127.0.0.1/8", "host"), address("::1/128", "host")],
      alias: "",
    },
    {
      name: "br0",
      index: 2,
      kind: "bridge",
      mac: "02:00:00:00:00:01",
      mtuBytes: 1400,
      operState: "DOWN",
      flags: ["NO-CARRIER", "BROADCAST", "MULTICAST", "UP", "LOWER_UP"],
      promiscuity: 1,
      addresses: [address("10.1.0.1/16", "global")],
      alias: "",
      vlans: { isFiltering: false, defaultId: 1 },
    },
    {
      name: "v0",
      index: 4,
      kind: "veth",
      mac: "02:00:00:00:00:02",
      mtuBytes: 1400,
      operState: "UP",
      flags: ["BROADCAST", "MULTICAST", "PROMISC", "UP", "LOWER_UP"],
      master: "br0",
      peerIndex: 14,
      promiscuity: 2,
      addresses: [
        { ...address("fe80::ff:fe00:2/64", "link"), isTentative: true },
        {
          ...address("fd00::5/64", "global"),
          isTentative: true,
          isDuplicate: true,
        },
      ],
      alias: "cni:n1",
      port: { isHairpin: true, isIsolated: false },
    },
  ]);
});

Deno.test("parseLinks() reads how a bridge treats VLANs", () => {
  const data = { "vlan_filtering": 1, "vlan_default_pvid": 0 };
  const linkinfo = { "info_kind": "bridge", "info_data": data };
  const [link] = parseLinks([{ ...BRIDGE, linkinfo }]);
  assertEquals(link?.vlans, { isFiltering: true, defaultId: 0 });
});

Deno.test("parseLinks() skips the placeholders of a filter", () => {
  assertEquals(parseLinks([]), []);
  assertEquals(parseLinks([{}, {}, LO]).map((link) => link.name), ["lo"]);
});

Deno.test("parseLinks() reads the lesser output of ip link show", () => {
  assertEquals(parseLinks([{ ifindex: 7, ifname: "tun0", flags: [] }]), [{
    name: "tun0",
    index: 7,
    kind: "",
    mac: "",
    mtuBytes: 0,
    operState: "",
    flags: [],
    promiscuity: 0,
    addresses: [],
    alias: "",
  }]);
});

Deno.test("parseLinks() skips addresses that have no local end", () => {
  const raw = { ...LO, "addr_info": [{ "family": "inet" }] };
  assertEquals(parseLinks([raw])[0]?.addresses, []);
});

Deno.test("parseLinks() tells what a macvlan is on, and its mode", () => {
  const macvlan = {
    "ifindex": 5,
    "ifname": "mac0",
    "flags": ["BROADCAST", "MULTICAST"],
    "mtu": 1500,
    "operstate": "DOWN",
    "address": "8e:8d:62:99:26:32",
    "promiscuity": 0,
    "linkinfo": {
      "info_kind": "macvlan",
      "info_data": { "mode": "private", "bcqueuelen": 50 },
    },
    "addr_info": [],
  };
  const placeOf = (raw: object) =>
    parseLinks([raw]).map(({ mode, lower, peerIndex }) => ({
      mode,
      lower,
      peerIndex,
    }));
  const mode = "private";
  assertEquals(placeOf({ ...macvlan, "link": "up0" }), [
    { mode, lower: "up0", peerIndex: undefined },
  ]);
  assertEquals(placeOf({ ...macvlan, "link_index": 3, "link_netnsid": 0 }), [
    { mode, lower: undefined, peerIndex: 3 },
  ]);
});
