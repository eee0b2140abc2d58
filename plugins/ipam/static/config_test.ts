import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  CniError,
  type JsonObject,
  parsePluginConfig,
} from "../../../lib/spec/mod.ts";
import { parseStaticConfig } from "./config.ts";

const FIVE = { address: "10.0.0.5/24" };

function configOf(object: JsonObject, args = "") {
  const config = { cniVersion: "1.0.0", name: "net1", ...object };
  return parseStaticConfig(parsePluginConfig(config), args);
}

function addressesOf(object: JsonObject, args = "") {
  return configOf(object, args).ips;
}

Deno.test("parseStaticConfig() reads every key, in any case of letters", () => {
  const ipam = {
    type: "static",
    Addresses: [
      { address: "10.0.0.5/24", gateway: "10.0.0.1" },
      { address: "2001:DB8::5/64", gateway: "" },
      { address: "::ffff:10.1.0.5/112" },
    ],
    routes: [
      { dst: "0.0.0.0/0" },
      { dst: "10.9.0.0/16", gw: "10.0.0.9", table: 0, mtu: 0, scope: 253 },
      { dst: "10.9.0.0/16", gw: "10.0.0.8" },
    ],
    dns: { nameservers: ["10.0.0.53"], domain: "a.example", search: [] },
  };
  assertEquals(configOf({ ipam }), {
    ips: [
      { address: "10.0.0.5/24", gateway: "10.0.0.1" },
      { address: "2001:db8::5/64" },
      { address: "10.1.0.5/16" },
    ],
    routes: [
      { dst: "0.0.0.0/0" },
      { dst: "10.9.0.0/16", gw: "10.0.0.9", table: 0, scope: 253 },
      { dst: "10.9.0.0/16", gw: "10.0.0.8" },
    ],
    dns: { nameservers: ["10.0.0.53"], domain: "a.example" },
  });
});

Deno.test("parseStaticConfig() takes what Go's types print", () => {
  const ipam = {
    addresses: [{
      address: "10.10.0.1/24",
      gateway: "10.10.0.254",
      Address: { IP: "10.10.0.1", Mask: "////AA==" },
      Version: "4",
    }],
  };
  const ips = [{ address: "10.10.0.1/24", gateway: "10.10.0.254" }];
  assertEquals(addressesOf({ ipam }), ips);
});

Deno.test("parseStaticConfig() takes what hosts may have", async (t) => {
  const cases = {
    "the first address of a subnet": "10.0.0.0/24",
    "the last one of IPv6": "fd00::ffff/112",
    "both of a point-to-point link": "10.0.0.255/31",
    "one without a subnet": "10.0.0.255/32",
    "a loopback address": "127.0.0.2/8",
    "a link-local address": "169.254.7.7/16",
  };
  for (const [why, address] of Object.entries(cases)) {
    await t.step(why, () => {
      assertEquals(addressesOf({ ipam: { addresses: [{ address }] } }), [
        { address },
      ]);
    });
  }
});

Deno.test("parseStaticConfig() is content without addresses", () => {
  const none = { ips: [], routes: [], dns: undefined };
  const ipam = { addresses: null, routes: null, dns: null };
  assertEquals(configOf({ ipam, args: { cni: { ips: [] } } }), none);
  assertEquals(configOf({ ipam: {} }, "IP=;GATEWAY="), none);
});

Deno.test("parseStaticConfig() lets the stronger source win", async (t) => {
  const ipam = { addresses: [{ ...FIVE, gateway: "10.0.0.1" }] };
  const args = { cni: { ips: ["10.0.0.6/24"] } };
  const runtimeConfig = { ips: ["10.0.0.7/24", "fd00::7/64"] };
  await t.step("CNI_ARGS adds", () => {
    assertEquals(addressesOf({ ipam }, "IP=10.0.0.8/24, fd00::8/64"), [
      { ...FIVE, gateway: "10.0.0.1" },
      { address: "10.0.0.8/24" },
      { address: "fd00::8/64" },
    ]);
  });
  await t.step("args.cni.ips replaces", () => {
    const found = addressesOf({ ipam, args }, "IP=10.0.0.8/24");
    assertEquals(found, [{ address: "10.0.0.6/24" }]);
  });
  await t.step("runtimeConfig.ips replaces that too", () => {
    const call = { ipam, args, RuntimeConfig: runtimeConfig };
    assertEquals(addressesOf(call, "IP=10.0.0.8/24"), [
      { address: "10.0.0.7/24" },
      { address: "fd00::7/64" },
    ]);
  });
  await t.step("what is replaced is not judged", () => {
    const bad = { addresses: [{ address: "later" }] };
    const call = "IP=10.0.0.8/24;GATEWAY=10.7.0.1";
    assertEquals(addressesOf({ ipam: bad, args }, call), [
      { address: "10.0.0.6/24" },
    ]);
  });
});

Deno.test("parseStaticConfig() gives gateways of CNI_ARGS to addresses", async (t) => {
  const near = "GATEWAY=10.0.0.1";
  await t.step("to each that IP names in its subnet", () => {
    const text = `IP=10.0.0.6/24,10.1.0.6/24,10.0.0.7/16;${near}`;
    assertEquals(addressesOf({ ipam: { addresses: [FIVE] } }, text), [
      FIVE,
      { address: "10.0.0.6/24", gateway: "10.0.0.1" },
      { address: "10.1.0.6/24" },
      { address: "10.0.0.7/16", gateway: "10.0.0.1" },
    ]);
  });
  await t.step("one for each family", () => {
    const text = `IP=10.0.0.6/24,fd00::6/64;${near},fd00::1`;
    assertEquals(addressesOf({ ipam: {} }, text), [
      { address: "10.0.0.6/24", gateway: "10.0.0.1" },
      { address: "fd00::6/64", gateway: "fd00::1" },
    ]);
  });
  await t.step("else to a configured one that has none", () => {
    const other = { address: "10.0.0.6/24", gateway: "10.0.0.2" };
    assertEquals(addressesOf({ ipam: { addresses: [FIVE, other] } }, near), [
      { ...FIVE, gateway: "10.0.0.1" },
      other,
    ]);
  });
});

Deno.test("parseStaticConfig() names key, value and remedy", async (t) => {
  const one = (item: JsonObject) => ({ ipam: { addresses: [item] } });
  const route = (item: JsonObject) => ({ ipam: { routes: [item] } });
  const cases: Record<string, [JsonObject, ...string[]]> = {
    "no ipam": [{}, "ipam", "nothing"],
    "ipam of another type": [{ ipam: [] }, "ipam", "[]"],
    "addresses of another type": [
      { ipam: { addresses: "10.0.0.5/24" } },
      "ipam.addresses",
    ],
    "null address": [{ ipam: { addresses: [null] } }, "ipam.addresses[0]"],
    "no address": [one({}), "ipam.addresses[0].address", "nothing"],
    "number for an address": [one({ address: 5 }), "addresses[0].address", "5"],
    "no length": [one({ address: "10.0.0.5" }), '"10.0.0.5"', "/24"],
    "length too long": [one({ address: "10.0.0.5/33" }), '"10.0.0.5/33"'],
    "octal": [one({ address: "010.0.0.5/24" }), '"010.0.0.5/24"'],
    "zone": [one({ address: "fe80::1%eth0/64" }), "fe80::1%eth0"],
    "second line": [one({ address: "10.0.0.5/24\n" }), "\\n"],
    "unspecified": [one({ address: "0.0.0.0/0" }), "unspecified"],
    "unspecified IPv6": [one({ address: "::/0" }), "unspecified"],
    "multicast": [one({ address: "224.0.0.1/24" }), "multicast"],
    "multicast IPv6": [one({ address: "ff02::1/64" }), "multicast"],
    "broadcast": [one({ address: "255.255.255.255/32" }), "broadcast"],
    "a subnet's broadcast": [one({ address: "10.0.0.255/24" }), "broadcast"],
    "bad gateway": [one({ ...FIVE, gateway: "x" }), "addresses[0].gateway"],
    "gateway with length": [
      one({ ...FIVE, gateway: "10.0.0.1/24" }),
      "addresses[0].gateway",
    ],
    "gateway of another type": [one({ ...FIVE, gateway: 1 }), "gateway", "1"],
    "multicast gateway": [one({ ...FIVE, gateway: "224.0.0.1" }), "multicast"],
    "unspecified gateway": [one({ ...FIVE, gateway: "::" }), "unspecified"],
    "itself as gateway": [
      one({ ...FIVE, gateway: "10.0.0.5" }),
      "addresses[0].gateway",
      "own",
    ],
    "twice, by another length": [
      { ipam: { addresses: [FIVE, { address: "10.0.0.5/16" }] } },
      "addresses[1].address",
      "addresses[0].address",
    ],
    "twice, from the runtime": [
      { ipam: {}, runtimeConfig: { ips: ["fd00::1/64", "fd00:0::1/64"] } },
      "runtimeConfig.ips[1]",
      "runtimeConfig.ips[0]",
    ],
    "runtime's without length": [
      { ipam: {}, runtimeConfig: { ips: ["10.0.0.5"] } },
      "runtimeConfig.ips[0]",
    ],
    "runtime's null": [
      { ipam: {}, args: { cni: { ips: [null] } } },
      "args.cni.ips[0]",
      "null",
    ],
    "runtime's as text": [
      { ipam: {}, args: { cni: { ips: "10.0.0.5/24" } } },
      "args.cni.ips",
    ],
    "route without dst": [route({}), "ipam.routes[0].dst"],
    "route to no network": [route({ dst: "default" }), "ipam.routes[0].dst"],
    "route via no address": [
      route({ dst: "0.0.0.0/0", gw: "gw" }),
      "ipam.routes[0].gw",
    ],
    "route with half an mtu": [
      route({ dst: "0.0.0.0/0", mtu: 1.5 }),
      "ipam.routes[0].mtu",
    ],
    "route with a negative priority": [
      route({ dst: "0.0.0.0/0", priority: -1 }),
      "ipam.routes[0].priority",
      "-1",
    ],
    "route of a table too high": [
      route({ dst: "0.0.0.0/0", table: 2 ** 32 }),
      "ipam.routes[0].table",
    ],
    "route of a scope too high": [
      route({ dst: "0.0.0.0/0", scope: 255 }),
      "ipam.routes[0].scope",
    ],
    "route twice, by host bits": [
      {
        ipam: {
          routes: [
            { dst: "10.9.0.0/16", gw: "10.0.0.1" },
            { dst: "10.9.0.7/16", gw: "10.0.0.1", mtu: 1400 },
          ],
        },
      },
      "ipam.routes[1]",
      "ipam.routes[0]",
    ],
    "dns of another type": [{ ipam: { dns: [] } }, "ipam.dns"],
    "name server of another type": [
      { ipam: { dns: { nameservers: [1] } } },
      "ipam.dns.nameservers[0]",
    ],
  };
  for (const [why, [object, ...parts]] of Object.entries(cases)) {
    await t.step(why, () => refusal(object, "", { code: 7, parts }));
  }
});

Deno.test("parseStaticConfig() refuses what is wrong in CNI_ARGS", async (t) => {
  const ipam = { addresses: [FIVE] };
  const cases: Record<string, [string, ...string[]]> = {
    "no length": ["IP=10.0.0.6", "CNI_ARGS IP", '"10.0.0.6"'],
    "empty item": ["IP=10.0.0.6/24,", "CNI_ARGS IP", '""'],
    "broadcast": ["IP=10.0.0.255/24", "CNI_ARGS IP", "broadcast"],
    "twice": ["IP=10.0.0.6/24,10.0.0.6/24", "CNI_ARGS IP"],
    "configured already": ["IP=10.0.0.5/24", "ipam.addresses[0].address"],
    "no gateway": ["GATEWAY=x", "CNI_ARGS GATEWAY", '"x"'],
    "a gateway for nobody": [
      "IP=10.0.0.6/24;GATEWAY=10.7.0.1",
      "CNI_ARGS GATEWAY",
      "subnet",
    ],
    "two for one": [
      "IP=10.0.0.6/24;GATEWAY=10.0.0.1,10.0.0.2",
      "10.0.0.2",
      "10.0.0.1 already",
    ],
    "itself": ["IP=10.0.0.6/24;GATEWAY=10.0.0.6", "CNI_ARGS GATEWAY", "own"],
    "another name": ["MAC=02:00:00:00:00:01", "MAC"],
  };
  for (const [why, [args, ...parts]] of Object.entries(cases)) {
    await t.step(why, () => refusal({ ipam }, args, { code: 4, parts }));
  }
});

Deno.test("parseStaticConfig() keeps to what old results have room for", () => {
  const both = [FIVE, { address: "fd00::5/64" }];
  const old = { cniVersion: "0.2.0", ipam: { addresses: both } };
  assertEquals(configOf(old).ips, both);
  const six = { address: "10.0.0.6/24" };
  const parts = ["10.0.0.6/24", "more than 1 address per family", "0.3.0"];
  const ipam = { addresses: [...both, six] };
  refusal({ ...old, ipam }, "", { code: 7, parts });
});

function refusal(
  object: JsonObject,
  args: string,
  { code, parts }: { code: number; parts: readonly string[] },
): void {
  const error = assertThrows(() => configOf(object, args), CniError);
  assertEquals(error.code, code, String(error));
  for (const part of parts) assertStringIncludes(String(error), part);
}
