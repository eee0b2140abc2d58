import { assertEquals } from "@std/assert";
import { CniCode } from "./code.ts";
import { assertRefuses } from "./_testing.ts";
import type { JsonObject } from "./json.ts";
import { parseResult } from "./parse_result.ts";
import { resultToJson } from "./print_result.ts";
import { type ResultFamily, resultFamilyOf } from "./result_family.ts";
import { SPEC_VERSIONS } from "./version.ts";

/** Reads a result of one version and writes it in another. */
function convert(object: JsonObject, from: string, to: string): JsonObject {
  const result = parseResult({ ...object, cniVersion: from }, from);
  return resultToJson(result, to);
}

const EXTRAS = { mtu: 1400, advmss: 1360, priority: 7, table: 0, scope: 0 };
const DNS = {
  nameservers: ["10.0.0.1"],
  domain: "example",
  search: ["a"],
  options: ["ndots:2"],
};
const V4_ROUTE = { dst: "0.0.0.0/0", gw: "10.0.0.1" };
const V6_ROUTE = { dst: "fd01::/64" };
const LINKS = [
  { name: "cni0", mac: "02:00:00:00:00:01" },
  { name: "eth0", mac: "02:00:00:00:00:02", sandbox: "/run/netns/a" },
];
const V4_IP = { address: "10.0.0.2/24", gateway: "10.0.0.1" };
const V6_IP = { address: "fd00::2/64" };
/** Further addresses, for which the oldest shape has no room. */
const MORE_IPS = [
  { version: "4", interface: 1, address: "10.0.9.2/24" },
  { version: "6", interface: -1, address: "fd09::2/64" },
];

/** A result that uses all that its shape has room for. */
const RICH: Readonly<Record<ResultFamily, JsonObject>> = {
  "ip4-ip6": {
    ip4: {
      ip: "10.0.0.2/24",
      gateway: "10.0.0.1",
      routes: [{ ...V4_ROUTE, ...EXTRAS }],
    },
    ip6: { ip: "fd00::2/64", routes: [V6_ROUTE] },
    dns: DNS,
  },
  "versioned-ips": {
    interfaces: LINKS,
    ips: [
      { version: "6", interface: 0, ...V6_IP },
      { version: "4", interface: 1, ...V4_IP },
      ...MORE_IPS,
    ],
    routes: [V6_ROUTE, { ...V4_ROUTE, ...EXTRAS }],
    dns: DNS,
  },
  "ips": {
    interfaces: [
      LINKS[0]!,
      { ...LINKS[1], mtu: 1450, socketPath: "/run/s", pciID: "0000:00:1f.6" },
    ],
    ips: [
      { interface: 0, ...V6_IP },
      { interface: 1, ...V4_IP },
      ...MORE_IPS.map(({ address, interface: index }) => ({
        interface: index,
        address,
      })),
    ],
    routes: [V6_ROUTE, { ...V4_ROUTE, ...EXTRAS }],
    dns: DNS,
  },
};

/** What the oldest shape can tell of each rich result: it is the same. */
const OLDEST: JsonObject = {
  ip4: { ip: "10.0.0.2/24", gateway: "10.0.0.1", routes: [V4_ROUTE] },
  ip6: { ip: "fd00::2/64", routes: [V6_ROUTE] },
  dns: DNS,
};

/** What becomes of the rich result of one shape in another. */
const EXPECTED: Readonly<
  Record<ResultFamily, Readonly<Record<ResultFamily, JsonObject>>>
> = {
  "ip4-ip6": {
    // The reference keeps a route's further keys here, which the
    // specification does not have for these versions; we always go through
    // the newest shape, and from that they are dropped.
    "ip4-ip6": OLDEST,
    "versioned-ips": {
      ips: [{ version: "4", ...V4_IP }, { version: "6", ...V6_IP }],
      routes: [{ ...V4_ROUTE, ...EXTRAS }, V6_ROUTE],
      dns: DNS,
    },
    "ips": {
      ips: [V4_IP, V6_IP],
      routes: [{ ...V4_ROUTE, ...EXTRAS }, V6_ROUTE],
      dns: DNS,
    },
  },
  "versioned-ips": {
    "ip4-ip6": OLDEST,
    "versioned-ips": RICH["versioned-ips"],
    "ips": { ...RICH.ips, interfaces: LINKS },
  },
  "ips": {
    "ip4-ip6": OLDEST,
    "versioned-ips": RICH["versioned-ips"],
    "ips": RICH.ips,
  },
};

Deno.test("parseResult(), then resultToJson(), convert every version to every other", async (t) => {
  for (const from of SPEC_VERSIONS) {
    for (const to of SPEC_VERSIONS) {
      await t.step(`${from} to ${to}`, () => {
        const family = resultFamilyOf(from);
        const expected = EXPECTED[family][resultFamilyOf(to)];
        assertEquals(convert(RICH[family], from, to), {
          cniVersion: to,
          ...expected,
        });
      });
    }
  }
});

Deno.test("conversion to 0.2.0 and back loses nothing of what 0.2.0 can tell", () => {
  for (const over of SPEC_VERSIONS) {
    const there = convert(OLDEST, "0.2.0", over);
    assertEquals(convert(there, over, "0.2.0"), {
      cniVersion: "0.2.0",
      ...OLDEST,
    });
  }
});

Deno.test("conversion to 0.2.0 drops routes whose family has no address", () => {
  const object = { ips: [V6_IP], routes: [V4_ROUTE, V6_ROUTE] };
  assertEquals(convert(object, "1.0.0", "0.2.0"), {
    cniVersion: "0.2.0",
    ip6: { ip: "fd00::2/64", routes: [V6_ROUTE] },
    dns: {},
  });
});

Deno.test("conversion goes by the address where the version string differs", () => {
  // The reference drops such an address on the way to 0.2.0.
  for (const version of ["6", "", "banana", undefined]) {
    const object = { ips: [{ version, ...V4_IP }] };
    assertEquals(convert(object, "0.4.0", "0.2.0"), {
      cniVersion: "0.2.0",
      ip4: { ip: "10.0.0.2/24", gateway: "10.0.0.1" },
      dns: {},
    });
    assertEquals(convert(object, "0.4.0", "0.4.0"), {
      cniVersion: "0.4.0",
      ips: [{ version: "4", ...V4_IP }],
      dns: {},
    });
  }
});

Deno.test("conversion takes IPv4 in IPv6 for IPv4", () => {
  const object = { ips: [{ address: "::ffff:10.0.0.2/120" }] };
  assertEquals(convert(object, "1.0.0", "0.3.1").ips, [
    { version: "4", address: "10.0.0.2/24" },
  ]);
});

Deno.test("conversion of an empty result fails to 0.2.0 alone", () => {
  for (const from of SPEC_VERSIONS) {
    for (const to of SPEC_VERSIONS) {
      const act = () => convert({ dns: DNS }, from, to);
      if (resultFamilyOf(to) === "ip4-ip6") {
        assertRefuses(act, CniCode.IncompatibleVersion, "no valid IP");
      } else {
        assertEquals(act(), { cniVersion: to, dns: DNS });
      }
    }
  }
});
