import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { CniCode, CniError, type JsonObject } from "../../../lib/spec/mod.ts";
import { fakeIp, linkOf, requestWith } from "../../shared/testing/mod.ts";
import { compareBridge } from "./compare_linux.ts";
import { parseBridgeConfig } from "./config.ts";

const NETNS = "/run/netns/c1";
const CONTAINER = {
  ifname: "eth0",
  ifindex: 2,
  link_index: 7,
  address: "02:00:00:00:00:0a",
  linkinfo: { info_kind: "veth" },
  addr_info: [{ local: "10.0.0.2", prefixlen: 24 }],
};
const PORT = {
  ifname: "veth1",
  ifindex: 7,
  link_index: 2,
  master: "cni0",
  linkinfo: {
    info_kind: "veth",
    info_slave_kind: "bridge",
    info_slave_data: { hairpin: true, isolated: true },
  },
};
const BRIDGE = {
  ifname: "cni0",
  ifindex: 6,
  address: "02:00:00:00:00:b0",
  flags: ["UP", "PROMISC"],
  linkinfo: { info_kind: "bridge", info_data: { vlan_filtering: 0 } },
};
const FILTERING = {
  ...BRIDGE,
  linkinfo: { info_kind: "bridge", info_data: { vlan_filtering: 1 } },
};
const PVID = { vlan: 5, flags: ["PVID", "Egress Untagged"] };

/** What a comparison is given that differs from what an ADD has left. */
interface Given {
  readonly keys?: JsonObject;
  readonly bridge?: typeof BRIDGE | undefined;
  readonly port?: typeof PORT | Omit<typeof PORT, "master">;
  readonly vlans?: readonly Readonly<Record<string, unknown>>[];
  readonly bridgeStatus?: number;
  readonly address?: string;
  readonly bridgeMac?: string;
}

async function compare(given: Given): Promise<void> {
  const { keys = {}, port = PORT, vlans = [], bridgeStatus = 0 } = given;
  const { address = "10.0.0.2/24", bridgeMac = BRIDGE.address } = given;
  const bridge = "bridge" in given ? given.bridge : BRIDGE;
  const request = requestWith({ bridge: "cni0", ...keys }, { netns: NETNS });
  const links = bridge === undefined ? [port] : [bridge, port];
  const { run } = fakeIp({
    links,
    answer: ({ program, args }) => {
      assertEquals(
        [program, ...args],
        "bridge -j vlan show dev veth1".split(" "),
      );
      const shown = [{ ifname: "veth1", vlans }];
      return {
        status: bridgeStatus,
        stdout: JSON.stringify(shown),
        stderr: "Error: busy\n",
      };
    },
  });
  await compareBridge({
    link: linkOf(CONTAINER),
    config: parseBridgeConfig(request),
    request,
    prevResult: {
      interfaces: [
        { name: "cni0", mac: bridgeMac },
        { name: "veth1" },
        { name: "eth0", sandbox: NETNS },
      ],
      ips: [{ address, interface: 2 }],
    },
    hostLinks: links.map(linkOf),
    run,
  });
}

Deno.test("compareBridge() finds an attachment as an ADD has left it", async (t) => {
  const cases: Record<string, Given> = {
    "by default": {},
    "with flags on": { keys: { hairpinMode: true, portIsolation: true } },
    "promiscuous": { keys: { promiscMode: true } },
    "in a VLAN": { keys: { vlan: 5 }, bridge: FILTERING, vlans: [PVID] },
    "in a range of VLANs": {
      keys: { vlan: 5, vlanTrunk: [{ minID: 10, maxID: 12 }, { id: 20 }] },
      bridge: FILTERING,
      vlans: [PVID, { vlan: 10, vlanEnd: 12 }, { vlan: 20, flags: [] }],
    },
    "in a VLAN that is not filtered": { keys: { vlan: 5 } },
  };
  for (const [why, given] of Object.entries(cases)) {
    await t.step(why, () => compare(given));
  }
});

Deno.test("compareBridge() says with code 999 what differs", async (t) => {
  const { master: _master, ...apart } = PORT;
  const data = PORT.linkinfo.info_slave_data;
  const withFlags = (flags: Partial<typeof data>) => ({
    ...PORT,
    linkinfo: { ...PORT.linkinfo, info_slave_data: { ...data, ...flags } },
  });
  const trunk = { vlan: 5, vlanTrunk: [{ minID: 10, maxID: 12 }] };
  const inVlans = { keys: trunk, bridge: FILTERING };
  const cases: Record<string, readonly [Given, string]> = {
    "no bridge": [{ bridge: undefined }, ""],
    "a link that is none": [
      {
        bridge: { ...BRIDGE, linkinfo: { ...BRIDGE.linkinfo, info_kind: "" } },
      },
      "physical",
    ],
    "another kind of link": [
      {
        bridge: {
          ...BRIDGE,
          linkinfo: { ...BRIDGE.linkinfo, info_kind: "dummy" },
        },
      },
      "dummy",
    ],
    "a bridge with another address": [
      { bridgeMac: "02:00:00:00:00:b1" },
      "02:00:00:00:00:b1",
    ],
    "a bridge that is not promiscuous": [
      { keys: { promiscMode: true }, bridge: { ...BRIDGE, flags: ["UP"] } },
      "",
    ],
    "a port of none": [{ port: apart }, 'none: expected "cni0"'],
    "a port of another": [{ port: { ...PORT, master: "br1" } }, '"br1"'],
    "no hairpin": [
      { keys: { hairpinMode: true }, port: withFlags({ hairpin: false }) },
      "hairpinMode",
    ],
    "no isolation": [
      { keys: { portIsolation: true }, port: withFlags({ isolated: false }) },
      "portIsolation",
    ],
    "no VLAN": [{ ...inVlans, vlans: [{ vlan: 10, vlanEnd: 12 }] }, "VLAN 5"],
    "a VLAN that is tagged": [
      {
        ...inVlans,
        vlans: [{ vlan: 5, flags: ["PVID"] }, { vlan: 10, vlanEnd: 12 }],
      },
      "VLAN 5",
    ],
    "a range that ends before": [
      { ...inVlans, vlans: [PVID, { vlan: 10, vlanEnd: 11 }] },
      "VLAN 12",
    ],
    "a range that begins behind": [
      { ...inVlans, vlans: [PVID, { vlan: 11, vlanEnd: 12 }] },
      "VLAN 10",
    ],
    "VLANs that cannot be read": [{ ...inVlans, bridgeStatus: 1 }, "busy"],
    "another address": [{ address: "10.0.0.3/24" }, "10.0.0.3/24"],
  };
  for (const [why, [given, details]] of Object.entries(cases)) {
    await t.step(why, async () => {
      const error = await assertRejects(() => compare(given), CniError);
      assertEquals(error.code, CniCode.Internal);
      assertStringIncludes(error.details, details);
    });
  }
});
