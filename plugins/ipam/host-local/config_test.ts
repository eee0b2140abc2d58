import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  CniCode,
  CniError,
  type JsonObject,
  parsePluginConfig,
} from "../../../lib/spec/mod.ts";
import {
  DEFAULT_DATA_DIR,
  parseDataDir,
  parseHostLocalConfig,
} from "./config.ts";
import { formatRangeSet } from "./range_set.ts";

const RANGES = [[{ subnet: "10.0.0.0/24" }]];

function configOf(object: JsonObject) {
  const config = { cniVersion: "1.0.0", name: "net1", ...object };
  return parseHostLocalConfig(parsePluginConfig(config), "");
}

Deno.test("parseHostLocalConfig() reads every key", () => {
  const { sets, ...rest } = configOf({
    ipam: {
      type: "host-local",
      dataDir: "/srv/state",
      resolvConf: "/etc/resolv.conf",
      reclaimAfterReboot: false,
      routes: [{ dst: "0.0.0.0/0", gw: "10.0.0.254", table: 0, mtu: 0 }],
      ranges: RANGES,
    },
  });
  assertEquals(sets.map(formatRangeSet), ["10.0.0.1-10.0.0.254"]);
  assertEquals(rest, {
    dataDir: "/srv/state",
    resolvConf: "/etc/resolv.conf",
    reclaimAfterReboot: false,
    requested: [],
    routes: [{ dst: "0.0.0.0/0", gw: "10.0.0.254", table: 0 }],
  });
});

Deno.test("parseHostLocalConfig() has defaults for what is absent", () => {
  const ipam = { ranges: RANGES, dataDir: "", resolvConf: "", routes: null };
  const { dataDir, resolvConf, routes, reclaimAfterReboot } = configOf({
    ipam: { ...ipam, reclaimAfterReboot: null },
  });
  assertEquals(reclaimAfterReboot, true);
  assertEquals([dataDir, resolvConf], [DEFAULT_DATA_DIR, undefined]);
  assertEquals(routes, []);
  assertEquals(DEFAULT_DATA_DIR, "/var/lib/cni/networks");
});

Deno.test("parseHostLocalConfig() puts runtime ranges first, then the old form", () => {
  const { sets } = configOf({
    runtimeConfig: { ipRanges: [[{ subnet: "10.3.0.0/30" }]] },
    ipam: {
      subnet: "10.2.0.0/30",
      rangeStart: "10.2.0.2",
      ranges: [[{ subnet: "10.1.0.0/30" }]],
    },
  });
  assertEquals(sets.map(({ key }) => key), [
    "runtimeConfig.ipRanges[0]",
    "ipam.subnet",
    "ipam.ranges[0]",
  ]);
  assertEquals(sets.map(formatRangeSet), [
    "10.3.0.1-10.3.0.2",
    "10.2.0.2-10.2.0.2",
    "10.1.0.1-10.1.0.2",
  ]);
});

Deno.test("parseHostLocalConfig() names key, value and remedy", async (t) => {
  const ranges = RANGES;
  const cases: Record<string, [JsonObject, ...string[]]> = {
    "no ipam": [{}, "ipam", "nothing"],
    "ipam of another type": [{ ipam: "x" }, "ipam", '"x"'],
    "no ranges": [{ ipam: {} }, "no IP ranges specified"],
    "empty ranges": [{ ipam: { ranges: [] } }, "no IP ranges specified"],
    "old keys without subnet": [
      { ipam: { rangeStart: "10.0.0.5" } },
      "no IP ranges specified",
    ],
    "null subnet, which is none": [
      { ipam: { subnet: null } },
      "no IP ranges specified",
    ],
    "empty subnet": [{ ipam: { subnet: "" } }, "ipam.subnet", '""'],
    "bad subnet": [{ ipam: { subnet: "x" } }, "ipam.subnet", '"x"'],
    "an old start that is none, without subnet": [
      { ipam: { ranges, rangeStart: "x" } },
      "ipam.rangeStart",
      '"x"',
    ],
    "bad old start": [
      { ipam: { subnet: "10.0.0.0/24", rangeStart: "10.1.0.0" } },
      "ipam.rangeStart",
      "10.1.0.0",
    ],
    "bad runtime range": [
      { ipam: { ranges }, runtimeConfig: { ipRanges: [[{ subnet: "x" }]] } },
      "runtimeConfig.ipRanges[0][0].subnet",
      '"x"',
    ],
    "flat runtime ranges": [
      { ipam: { ranges }, runtimeConfig: { ipRanges: RANGES[0]! } },
      "runtimeConfig.ipRanges[0]",
    ],
    "runtime range over a configured one": [
      { ipam: { ranges }, runtimeConfig: { ipRanges: RANGES } },
      "ipam.ranges[0]",
      "range set 1",
      "range set 0",
    ],
    "dataDir of another type": [
      { ipam: { ranges, dataDir: 1 } },
      "ipam.dataDir",
      "1",
    ],
    "resolvConf of another type": [
      { ipam: { ranges, resolvConf: {} } },
      "ipam.resolvConf",
      "{}",
    ],
    "reclaimAfterReboot as text": [
      { ipam: { ranges, reclaimAfterReboot: "false" } },
      "ipam.reclaimAfterReboot",
      '"false"',
      "true or false",
    ],
    "reclaimAfterReboot as a number": [
      { ipam: { ranges, reclaimAfterReboot: 0 } },
      "ipam.reclaimAfterReboot",
      "0",
    ],
    "reclaimAfterReboot as a list": [
      { ipam: { ranges, ReclaimAfterReboot: [true] } },
      "ipam.reclaimAfterReboot",
      "an array",
    ],
    "reclaimAfterReboot of 10 kB, with NUL": [
      {
        ipam: { ranges, reclaimAfterReboot: `\0;{"\n../${"x".repeat(10_000)}` },
      },
      "ipam.reclaimAfterReboot",
    ],
    "routes of another type": [
      { ipam: { ranges, routes: {} } },
      "ipam.routes",
      "{}",
    ],
    "null route": [
      { ipam: { ranges, routes: [null] } },
      "ipam.routes[0]",
      "null",
    ],
    "route without dst": [
      { ipam: { ranges, routes: [{}] } },
      "ipam.routes[0].dst",
      "nothing",
    ],
    "bad dst": [
      { ipam: { ranges, routes: [{ dst: "x" }] } },
      "ipam.routes[0].dst",
      '"x"',
    ],
    "bad gw": [
      { ipam: { ranges, routes: [{ dst: "0.0.0.0/0", gw: "x" }] } },
      "ipam.routes[0].gw",
      '"x"',
    ],
    "bad mtu": [
      { ipam: { ranges, routes: [{ dst: "0.0.0.0/0", mtu: "1" }] } },
      "ipam.routes[0].mtu",
      '"1"',
    ],
    "two IPv4 sets before 0.3.0": [
      {
        cniVersion: "0.2.0",
        ipam: { ranges: [...RANGES, [{ subnet: "10.1.0.0/24" }]] },
      },
      "more than 1 address per family",
      "ipam.ranges[1]",
      "0.2.0",
    ],
  };
  for (const [why, [object, ...fragments]] of Object.entries(cases)) {
    await t.step(why, () => {
      const error = assertThrows(() => configOf(object), CniError);
      assertEquals(error.code, CniCode.InvalidConfig);
      for (const fragment of fragments) {
        assertStringIncludes(error.toString(), fragment);
      }
    });
  }
});

Deno.test("parseHostLocalConfig() takes both families before 0.3.0", () => {
  const ranges = [...RANGES, [{ subnet: "fd00::/64" }]];
  const { sets } = configOf({ cniVersion: "0.2.0", ipam: { ranges } });
  assertEquals(sets.length, 2);
});

Deno.test("parseDataDir() minds nothing else", () => {
  const ipam = { dataDir: "/srv/x", ranges: "bad", routes: 7 };
  const { fields } = parsePluginConfig({ name: "net1", ipam });
  assertEquals(parseDataDir(fields), "/srv/x");
});
