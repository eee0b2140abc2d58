import { assertEquals } from "@std/assert";
import type { Link } from "../../../lib/linux/mod.ts";
import type { Result } from "../../../lib/spec/mod.ts";
import { bridgeWith, designFor, type Given, NAMES } from "./_testing.ts";
import { undoLines, undoVlanLines } from "./bridge_undo_linux.ts";

const IPV4: Result = { ips: [{ address: "10.0.0.2/24" }] };
const DUAL: Result = {
  ips: [{ address: "10.0.0.2/24" }, { address: "fd00::2/64" }],
};
const GATEWAY = { isGateway: true };
const DOWN = { flags: ["BROADCAST", "MULTICAST"] };
const OLD = ["10.9.0.1/16"];
const FORCED = { isGateway: true, forceAddress: true };
const REMOVED = "link del dev cni0";
const SET_MAC = "link set dev cni0 address 02:00:00:00:00:b0";
const PORT = bridgeWith([], { name: "veth12345678", kind: "veth" });
const UPLINK = bridgeWith([], { name: "uplink0", kind: "" });

const UNDO_CASES: Record<
  string,
  readonly [Given, readonly Link[], readonly string[]]
> = {
  "a bridge that was made": [{ keys: GATEWAY, ipam: IPV4 }, [], [REMOVED]],
  "one that others use by now": [{ keys: GATEWAY, ipam: IPV4 }, [PORT], []],
  "one that was there": [
    { keys: GATEWAY, ipam: DUAL, bridge: bridgeWith() },
    [],
    ["addr del 10.0.0.1/24 dev cni0", "addr del fd00::1/64 dev cni0", SET_MAC],
  ],
  "one that was there, with a port of another kind": [
    { keys: GATEWAY, ipam: IPV4, bridge: bridgeWith() },
    [UPLINK],
    ["addr del 10.0.0.1/24 dev cni0"],
  ],
  "one that was there, down and not promiscuous": [
    { keys: { promiscMode: true }, bridge: bridgeWith([], DOWN) },
    [],
    [SET_MAC, "link set dev cni0 promisc off", "link set dev cni0 down"],
  ],
  "only the pair was made": [
    { keys: GATEWAY, ipam: IPV4, bridge: bridgeWith(["10.0.0.1/24"]) },
    [],
    [SET_MAC],
  ],
  "an address was replaced": [
    { keys: FORCED, ipam: IPV4, bridge: bridgeWith(OLD) },
    [],
    [
      "addr del 10.0.0.1/24 dev cni0",
      "addr add 10.9.0.1/16 broadcast + dev cni0",
      SET_MAC,
    ],
  ],
  "an address was replaced, others use the bridge": [
    { keys: FORCED, ipam: IPV4, bridge: bridgeWith(OLD) },
    [PORT],
    [
      "addr del 10.0.0.1/24 dev cni0",
      "addr add 10.9.0.1/16 broadcast + dev cni0",
    ],
  ],
  "the link in a VLAN was made": [
    { keys: { ...GATEWAY, vlan: 5 }, ipam: IPV4 },
    [bridgeWith([], { name: NAMES.vlanPeerName })],
    ["link del dev cni0.5", REMOVED],
  ],
};

Deno.test("undoLines() takes back what nobody else needs", async (t) => {
  for (const [why, [given, ports, expected]] of Object.entries(UNDO_CASES)) {
    await t.step(why, () => {
      const lines = undoLines(designFor(given).input, ports);
      assertEquals(lines.map((words) => words.join(" ")), expected);
    });
  }
});

const VLAN_BRIDGE = bridgeWith([], {
  vlans: { isFiltering: true, defaultId: 1 },
});
const FRESH: Given = { keys: { ...GATEWAY, vlan: 5 }, ipam: IPV4 };
const IN_VLAN: Given = { ...FRESH, bridge: VLAN_BRIDGE, ownVlan: "none" };

const VLAN_CASES: Record<
  string,
  readonly [Given, readonly Link[], readonly string[]]
> = {
  "the device was made": [IN_VLAN, [], ["vlan del dev cni0 vid 5 self"]],
  "others use the bridge by now": [IN_VLAN, [PORT], []],
  "the bridge was in the VLAN": [{ ...IN_VLAN, ownVlan: "tagged" }, [], []],
  "the bridge goes, too": [FRESH, [], []],
  "the device was there": [
    { ...IN_VLAN, vlanLink: bridgeWith([], { kind: "vlan", lower: "cni0" }) },
    [],
    [],
  ],
  "the interface in the VLAN is a pair": [
    { ...IN_VLAN, bridge: bridgeWith() },
    [],
    [],
  ],
};

Deno.test("undoVlanLines() takes the bridge out of a VLAN that nobody else needs", async (t) => {
  for (const [why, [given, ports, expected]] of Object.entries(VLAN_CASES)) {
    await t.step(why, () => {
      const lines = undoVlanLines(designFor(given).input, ports);
      assertEquals(lines.map((words) => words.join(" ")), expected);
    });
  }
});
