import { assertEquals, assertThrows } from "@std/assert";
import { formatCidr, parseCidr } from "../../../lib/net/mod.ts";
import { CniCode, CniError, type Result } from "../../../lib/spec/mod.ts";
import { addressingOf } from "../../shared/testing/mod.ts";
import { bridgeWith, configWith } from "./_testing.ts";
import { completeAddressing, planGatewayAddresses } from "./addressing.ts";

const IPV4 = { address: "10.0.1.5/24" };
const IPV6 = { address: "fd00::5/64" };

/** Completes an IPAM result and shows gateways as text. */
function complete(ipam: Result, keys: Parameters<typeof configWith>[0]) {
  const config = configWith({ ...keys, ipam: { type: "x" } });
  const { gateways, ...rest } = completeAddressing(
    addressingOf(ipam),
    config,
  );
  return { ...rest, gateways: gateways.map(formatCidr) };
}

const GATEWAY = { isGateway: true };
const DEFAULT = { isDefaultGateway: true };

Deno.test("completeAddressing() chooses gateways as asked", async (t) => {
  const cases: Record<string, readonly [Result, object, object]> = {
    "no gateway": [{ ips: [IPV4] }, {}, {
      ips: [{ ...IPV4, interface: 0 }],
      gateways: [],
    }],
    "no gateway, but IPAM's for routes": [
      { ips: [{ ...IPV4, gateway: "10.0.1.9" }] },
      {},
      { ips: [{ ...IPV4, gateway: "10.0.1.9", interface: 0 }], gateways: [] },
    ],
    "the first address": [{ ips: [IPV4] }, GATEWAY, {
      ips: [{ ...IPV4, gateway: "10.0.1.1", interface: 0 }],
      gateways: ["10.0.1.1/24"],
    }],
    "IPAM's choice": [
      { ips: [{ ...IPV4, gateway: "10.0.1.254" }] },
      GATEWAY,
      {
        ips: [{ ...IPV4, gateway: "10.0.1.254", interface: 0 }],
        gateways: ["10.0.1.254/24"],
      },
    ],
    "of both families": [{ ips: [IPV4, IPV6] }, GATEWAY, {
      ips: [
        { ...IPV4, gateway: "10.0.1.1", interface: 0 },
        { ...IPV6, gateway: "fd00::1", interface: 0 },
      ],
      gateways: ["10.0.1.1/24", "fd00::1/64"],
    }],
    "of two ranges": [
      { ips: [IPV4, { address: "10.0.2.5/25" }] },
      GATEWAY,
      {
        ips: [
          { ...IPV4, gateway: "10.0.1.1", interface: 0 },
          { address: "10.0.2.5/25", gateway: "10.0.2.1", interface: 0 },
        ],
        gateways: ["10.0.1.1/24", "10.0.2.1/25"],
      },
    ],
    // Its subnet's length is longer than an IPv4 address.
    "an IPv4 gateway of an IPv6 address": [
      { ips: [{ ...IPV6, gateway: "10.0.1.1" }] },
      GATEWAY,
      {
        ips: [{ ...IPV6, gateway: "10.0.1.1", interface: 0 }],
        gateways: ["10.0.1.1/32"],
      },
    ],
    "an IPv6 gateway of an IPv4 address": [
      { ips: [{ ...IPV4, gateway: "fd00::1" }] },
      GATEWAY,
      {
        ips: [{ ...IPV4, gateway: "fd00::1", interface: 0 }],
        gateways: ["fd00::1/24"],
      },
    ],
    "another interface of IPAM's": [
      { ips: [{ ...IPV4, interface: 0 }] },
      {},
      { ips: [{ ...IPV4, interface: 0 }], gateways: [] },
    ],
  };
  for (const [why, [ipam, keys, expected]] of Object.entries(cases)) {
    await t.step(why, () => {
      assertEquals<object>(complete(ipam, keys as typeof GATEWAY), {
        routes: [],
        ...expected,
      });
    });
  }
});

Deno.test("completeAddressing() adds a default route for each family without", async (t) => {
  const ips = [IPV4, { address: "10.0.2.5/24" }, IPV6];
  const default4 = { dst: "0.0.0.0/0", gw: "10.0.1.1" };
  const default6 = { dst: "::/0", gw: "fd00::1" };
  const cases: Record<string, readonly [Result, readonly object[]]> = {
    "none": [{ ips }, [default4, default6]],
    "one family": [{ ips: [IPV6] }, [default6]],
    "other routes stay in front": [
      { ips, routes: [{ dst: "10.9.0.0/16" }] },
      [{ dst: "10.9.0.0/16" }, default4, default6],
    ],
    "IPAM has one with a next hop": [
      { ips, routes: [{ dst: "0.0.0.0/0", gw: "10.0.1.7" }] },
      [{ dst: "0.0.0.0/0", gw: "10.0.1.7" }, default6],
    ],
    // Adding a second one makes the reference fail: "file exists".
    "IPAM has both without a next hop": [
      { ips, routes: [{ dst: "0.0.0.0/0" }, { dst: "::/0" }] },
      [{ dst: "0.0.0.0/0" }, { dst: "::/0" }],
    ],
    "IPAM has one in another spelling": [
      { ips: [IPV4], routes: [{ dst: "10.0.0.0/0" }] },
      [{ dst: "10.0.0.0/0" }],
    ],
  };
  for (const [why, [ipam, expected]] of Object.entries(cases)) {
    await t.step(why, () => {
      assertEquals<object>(complete(ipam, DEFAULT).routes, expected);
    });
  }
});

Deno.test("completeAddressing() adds no default route for a mere gateway", () => {
  assertEquals(complete({ ips: [IPV4] }, GATEWAY).routes, []);
});

/** Compares a bridge's addresses with gateways; the change as text. */
function change(
  present: readonly string[] | undefined,
  wanted: readonly string[],
  forceAddress = true,
) {
  const link = present && bridgeWith(present);
  const { remove, add } = planGatewayAddresses(
    { name: "cni0", link },
    wanted.map(parseCidr),
    configWith({ forceAddress }),
  );
  return { remove: remove.map(formatCidr), add: add.map(formatCidr) };
}

const ADDRESS_CASES: Record<
  string,
  {
    present?: readonly string[];
    wanted: readonly string[];
    remove?: readonly string[];
    add?: readonly string[];
  }
> = {
  "no bridge yet": { wanted: ["10.0.0.1/24"], add: ["10.0.0.1/24"] },
  "no address yet": {
    present: [],
    wanted: ["10.0.0.1/24", "fd00::1/64"],
    add: ["10.0.0.1/24", "fd00::1/64"],
  },
  "nothing wanted": { present: ["10.9.0.1/24", "fd09::1/64"], wanted: [] },
  "all there": {
    present: ["10.0.0.1/24", "fd00::1/64"],
    wanted: ["10.0.0.1/24", "fd00::1/64"],
  },
  "wanted twice": {
    present: [],
    wanted: ["10.0.0.1/24", "10.0.0.1/24"],
    add: ["10.0.0.1/24"],
  },
  "two ranges of one family": {
    present: ["10.0.1.1/24"],
    wanted: ["10.0.0.1/24", "10.0.1.1/24"],
    add: ["10.0.0.1/24"],
  },
  "the wanted one second": {
    present: ["fe80::9/64", "fd00::1/64"],
    wanted: ["fd00::1/64"],
  },
  "another IPv4 address": {
    present: ["10.9.0.1/24"],
    wanted: ["10.0.0.1/24"],
    remove: ["10.9.0.1/24"],
    add: ["10.0.0.1/24"],
  },
  "the same address, another length": {
    present: ["10.0.0.1/16"],
    wanted: ["10.0.0.1/24"],
    remove: ["10.0.0.1/16"],
    add: ["10.0.0.1/24"],
  },
  "an IPv4 address does not mind IPv6": {
    present: ["10.9.0.1/24"],
    wanted: ["fd00::1/64"],
    add: ["fd00::1/64"],
  },
  "IPv6 side by side": {
    present: ["fd09::1/64"],
    wanted: ["fd00::1/64"],
    add: ["fd00::1/64"],
  },
  "IPv6 in one subnet": {
    present: ["fd00::9/64", "fd09::1/64"],
    wanted: ["fd00::1/64"],
    remove: ["fd00::9/64"],
    add: ["fd00::1/64"],
  },
  "IPv6 subnet inside": {
    present: ["fd00::9/96"],
    wanted: ["fd00::1/64"],
    remove: ["fd00::9/96"],
    add: ["fd00::1/64"],
  },
  "IPv6 subnet around": {
    present: ["fd00:0:0:9::1/32"],
    wanted: ["fd00::1/64"],
    remove: ["fd00:0:0:9::1/32"],
    add: ["fd00::1/64"],
  },
  "link-local of its own": {
    present: ["fe80::c0de/64"],
    wanted: ["fe80::1/64"],
    add: ["fe80::1/64"],
  },
};

Deno.test("planGatewayAddresses() removes only what is in the way", async (t) => {
  for (const [why, one] of Object.entries(ADDRESS_CASES)) {
    const { present, wanted, remove = [], add = [] } = one;
    await t.step(why, () => {
      assertEquals(change(present, wanted), { remove, add });
    });
  }
});

Deno.test("planGatewayAddresses() refuses what is in the way, naming both and the remedy", async (t) => {
  for (const [why, one] of Object.entries(ADDRESS_CASES)) {
    const { present, wanted, remove = [], add = [] } = one;
    await t.step(why, () => {
      const plan = () => change(present, wanted, false);
      if (remove.length === 0) return assertEquals(plan(), { remove, add });
      const error = assertThrows(plan, CniError);
      assertEquals(error.code, CniCode.InvalidConfig);
      const parts = [...remove, ...add, "cni0", "forceAddress", "key bridge"];
      for (const part of parts) {
        assertEquals(String(error).includes(part), true, String(error));
      }
    });
  }
});
