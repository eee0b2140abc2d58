import { assertEquals, assertThrows } from "@std/assert";
import { CniCode, CniError, type Json } from "../../../lib/spec/mod.ts";
import { requestWith } from "../../shared/testing/mod.ts";
import { configWith } from "./_testing.ts";
import { type BridgeConfig, parseBridgeConfig } from "./config.ts";

/** What a configuration without keys means. */
const DEFAULTS: BridgeConfig = {
  bridge: "cni0",
  isGateway: false,
  isDefaultGateway: false,
  forceAddress: false,
  ipMasq: false,
  ipMasqBackend: undefined,
  ipamType: undefined,
  mac: undefined,
  dns: undefined,
  mtuBytes: 0,
  hairpinMode: false,
  promiscMode: false,
  portIsolation: false,
  enableDad: false,
  disableContainerInterface: false,
  vlans: { vlan: 0, trunk: undefined, preserveDefaultVlan: false },
  macSpoofCheck: false,
};

const NO_VLAN = DEFAULTS.vlans;

/** For each key: values that will do, as JSON, and what they change. */
const RIGHT: Record<string, readonly [Json, Partial<BridgeConfig>][]> = {
  bridge: [
    ["br-a.1", { bridge: "br-a.1" }],
    ["abcdefghijklmno", { bridge: "abcdefghijklmno" }],
  ],
  isGateway: [[true, { isGateway: true }], [false, {}]],
  isDefaultGateway: [
    [true, { isDefaultGateway: true, isGateway: true }],
    [false, {}],
  ],
  forceAddress: [[true, { forceAddress: true }]],
  ipMasq: [[true, { ipMasq: true }]],
  ipMasqBackend: [
    ["iptables", { ipMasqBackend: "iptables" }],
    ["nftables", { ipMasqBackend: "nftables" }],
  ],
  mtu: [
    [1450, { mtuBytes: 1450 }],
    [65535, { mtuBytes: 65535 }],
    [0, {}],
    [-1, {}],
  ],
  hairpinMode: [[true, { hairpinMode: true }]],
  promiscMode: [[true, { promiscMode: true }]],
  portIsolation: [[true, { portIsolation: true }]],
  enabledad: [[true, { enableDad: true }]],
  disableContainerInterface: [[true, { disableContainerInterface: true }]],
  macspoofchk: [[true, { macSpoofCheck: true }]],
  vlan: [
    [0, {}],
    [1, { vlans: { ...NO_VLAN, vlan: 1 } }],
    [4094, { vlans: { ...NO_VLAN, vlan: 4094 } }],
  ],
  vlanTrunk: [
    [[], { vlans: { ...NO_VLAN, trunk: [] } }],
    [[{}], { vlans: { ...NO_VLAN, trunk: [] } }],
    [[{ id: 7 }, { id: 5 }, { id: 7 }], {
      vlans: { ...NO_VLAN, trunk: [5, 7] },
    }],
    [[{ minID: 10, maxID: 12, id: 4 }, { MinId: 12, MAXID: 13 }], {
      vlans: { ...NO_VLAN, trunk: [4, 10, 11, 12, 13] },
    }],
  ],
  preserveDefaultVlan: [
    [true, { vlans: { ...NO_VLAN, preserveDefaultVlan: true } }],
  ],
  ipam: [
    [{}, {}],
    [{ type: "" }, {}],
    [{ type: null }, {}],
    [{ type: "host-local" }, { ipamType: "host-local" }],
  ],
  dns: [
    [{}, {}],
    [{ domain: "" }, {}],
    [{ nameservers: [] }, { dns: {} }],
    [{ domain: "a.example" }, { dns: { domain: "a.example" } }],
    [{ search: ["a"], options: ["b"] }, {
      dns: { search: ["a"], options: ["b"] },
    }],
  ],
  runtimeConfig: [
    [{}, {}],
    [{ mac: "" }, {}],
    [{ mac: "02:00:00:00:00:0A" }, { mac: "02:00:00:00:00:0a" }],
    [{ Mac: "02-00-00-00-00-0a" }, { mac: "02:00:00:00:00:0a" }],
    [{ mac: "0200.0000.000a" }, { mac: "02:00:00:00:00:0a" }],
  ],
  args: [
    [{}, {}],
    [{ cni: {} }, {}],
    [{ cni: { mac: "02:00:00:00:00:0b" } }, { mac: "02:00:00:00:00:0b" }],
  ],
  "unknown key": [[{ of: "any kind" }, {}]],
};

Deno.test("parseBridgeConfig() reads every key", async (t) => {
  await t.step("none", () => assertEquals(configWith(), DEFAULTS));
  for (const [key, cases] of Object.entries(RIGHT)) {
    for (const [value, change] of cases) {
      await t.step(`${key} ${JSON.stringify(value)}`, () => {
        assertEquals(configWith({ [key]: value }), { ...DEFAULTS, ...change });
      });
    }
  }
});

Deno.test("parseBridgeConfig() matches keys without regard to case", async (t) => {
  for (const [key, cases] of Object.entries(RIGHT)) {
    const [value, change] = cases.at(-1)!;
    for (const name of [key.toUpperCase(), key.toLowerCase()]) {
      await t.step(name, () => {
        assertEquals(configWith({ [name]: value }), { ...DEFAULTS, ...change });
      });
    }
  }
});

Deno.test("parseBridgeConfig() takes null for absent", async (t) => {
  for (const key of Object.keys(RIGHT)) {
    await t.step(key, () => {
      assertEquals(configWith({ [key]: null }), DEFAULTS);
    });
  }
});

const BOOLEANS = [
  ...["isGateway", "isDefaultGateway", "forceAddress", "ipMasq"],
  ...["hairpinMode", "promiscMode", "portIsolation", "enabledad"],
  ...["disableContainerInterface", "macspoofchk", "preserveDefaultVlan"],
];

const TEN_KILOBYTES = "a".repeat(10_240);

/** Texts that would mean something to `ip -batch`, nft, a shell or a path. */
const HOSTILE = [
  ...["", " ", "a b", "a\nlink del eth0", "a'b", 'a"b', "a;b", "a{b", "a}b"],
  ...["a\\b", "#a", "a`b", "a$b", "a&b", "a|b", "../a", "a/b", ".", ".."],
  ...["a:b", "a\u0000", "a%d", "a@b", "n".repeat(128), TEN_KILOBYTES],
];

/** For each key: values that will not do, and the path that is named. */
const WRONG: Record<string, readonly [Json, string?][]> = {
  ...Object.fromEntries(
    BOOLEANS.map((key) => [key, [["true"], [1], [0], [[]], [{}]]]),
  ),
  bridge: [
    [1],
    [true],
    [["a"]],
    [{}],
    ...HOSTILE.map((text): [Json] => [text]),
  ],
  ipMasqBackend: [[""], ["nft"], ["IPTABLES"], [1], [true], [[]]],
  mtu: [["1500"], [1500.5], [65536], [1e300], [true], [[]], [{}]],
  vlan: [[-1], [4095], [1.5], ["5"], [true], [[]]],
  vlanTrunk: [
    [{}],
    [5],
    ["5"],
    [[5], "vlanTrunk[0]"],
    [[null], "vlanTrunk[0]"],
    [[{ id: 0 }], "vlanTrunk[0].id"],
    [[{ id: 4095 }], "vlanTrunk[0].id"],
    [[{ id: "5" }], "vlanTrunk[0].id"],
    [[{ id: 5 }, { minID: 0, maxID: 5 }], "vlanTrunk[1].minID"],
    [[{ minID: 1, maxID: 4095 }], "vlanTrunk[0].maxID"],
    [[{ minID: 9, maxID: 8 }], "vlanTrunk[0].minID"],
    [[{ minID: 9 }], "vlanTrunk[0]"],
    [[{ maxID: 9 }], "vlanTrunk[0]"],
  ],
  ipam: [["host-local"], [[]], [true], [{ type: 5 }, "ipam.type"]],
  dns: [
    ["a"],
    [[]],
    [{ nameservers: "10.0.0.1" }, "dns.nameservers"],
    [{ nameservers: [1] }, "dns.nameservers[0]"],
    [{ search: [null] }, "dns.search[0]"],
    [{ domain: 5 }, "dns.domain"],
  ],
  runtimeConfig: [
    ["a"],
    [[]],
    [{ mac: 5 }, "runtimeConfig.mac"],
    [{ mac: "x" }, "runtimeConfig.mac"],
    [{ mac: "02:00:00:00:00" }, "runtimeConfig.mac"],
    [{ mac: "02:00:00:00:00:00:00:01" }, "runtimeConfig.mac"],
    [{ mac: "01:00:00:00:00:01" }, "runtimeConfig.mac"],
    [{ mac: "ff:ff:ff:ff:ff:ff" }, "runtimeConfig.mac"],
    [{ mac: "00:00:00:00:00:00" }, "runtimeConfig.mac"],
    [{ mac: "02:00:00:00:00:01\nlink del eth0" }, "runtimeConfig.mac"],
    [{ mac: TEN_KILOBYTES }, "runtimeConfig.mac"],
  ],
  args: [
    ["a"],
    [{ cni: [] }, "args.cni"],
    [{ cni: { mac: "02:zz:00:00:00:01" } }, "args.cni.mac"],
  ],
};

Deno.test("parseBridgeConfig() refuses what will not do, naming key and value", async (t) => {
  for (const [key, cases] of Object.entries(WRONG)) {
    for (const [value, path = key] of cases) {
      const text = JSON.stringify(value);
      await t.step(`${key} ${text.slice(0, 40)}`, () => {
        const error = refusal({ [key]: value });
        assertEquals(error.code, CniCode.InvalidConfig);
        assertIncludes(error, path, shortest(value));
        assertEquals(String(error).length < 400, true, "the message is short");
      });
    }
  }
});

Deno.test("parseBridgeConfig() refuses contradictions, naming both keys", async (t) => {
  const ipam = { type: "host-local" };
  const cases = {
    "hairpinMode with promiscMode": {
      keys: { hairpinMode: true, promiscMode: true },
      names: ["hairpinMode", "promiscMode"],
    },
    "disableContainerInterface with ipam": {
      keys: { disableContainerInterface: true, ipam },
      names: ["disableContainerInterface", "ipam.type", "host-local"],
    },
  };
  for (const [why, { keys, names }] of Object.entries(cases)) {
    await t.step(why, () => {
      const error = refusal(keys);
      assertEquals(error.code, CniCode.InvalidConfig);
      assertIncludes(error, ...names);
    });
  }
});

Deno.test("parseBridgeConfig() prefers the runtime's hardware address", () => {
  const runtimeConfig = { mac: "02:00:00:00:00:01" };
  const args = { cni: { mac: "02:00:00:00:00:02" } };
  const call = { args: "MAC=02:00:00:00:00:03" };
  const macWith = (keys: Parameters<typeof requestWith>[0]) =>
    parseBridgeConfig(requestWith(keys, call)).mac;
  assertEquals(macWith({ runtimeConfig, args }), "02:00:00:00:00:01");
  assertEquals(macWith({ args }), "02:00:00:00:00:02");
  assertEquals(macWith({}), "02:00:00:00:00:03");
});

Deno.test("parseBridgeConfig() judges every hardware address, used or not", () => {
  const runtimeConfig = { mac: "02:00:00:00:00:01" };
  const error = refusal({ runtimeConfig, args: { cni: { mac: "x" } } });
  assertIncludes(error, "args.cni.mac", '"x"');
});

Deno.test("parseBridgeConfig() reads CNI_ARGS", async (t) => {
  const cases: Record<string, readonly [args: string, code?: number]> = {
    "none": [""],
    "a hardware address": ["MAC=02:00:00:00:00:03"],
    "others that may be ignored": ["K8S_POD_NAME=a;IgnoreUnknown=true"],
    "others": ["K8S_POD_NAME=a", CniCode.InvalidEnvironment],
    "another case of a name": ["mac=02:00:00:00:00:03", 4],
    "no pair": ["MAC", CniCode.InvalidEnvironment],
    "a semicolon last": ["IgnoreUnknown=1;", CniCode.InvalidEnvironment],
    "a flag that is none": ["IgnoreUnknown=yes", CniCode.InvalidEnvironment],
    "no hardware address": ["MAC=x", CniCode.InvalidConfig],
  };
  for (const [why, [args, code]] of Object.entries(cases)) {
    await t.step(why, () => {
      const parse = () => parseBridgeConfig(requestWith({}, { args }));
      if (code === undefined) return void parse();
      assertEquals(assertThrows(parse, CniError).code, code);
    });
  }
});

function refusal(keys: Parameters<typeof configWith>[0]): CniError {
  return assertThrows(() => configWith(keys), CniError);
}

function assertIncludes(error: CniError, ...parts: string[]): void {
  const text = String(error);
  for (const part of parts) {
    assertEquals(text.includes(part), true, `no ${part} in: ${text}`);
  }
}

/** A piece of a wrong value that its message must show. */
function shortest(value: Json): string {
  if (typeof value === "string") {
    return JSON.stringify(value).slice(0, 20).replace(/"$/, "");
  }
  return typeof value === "object" ? "" : String(value);
}
