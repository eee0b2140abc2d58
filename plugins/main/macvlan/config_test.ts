import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { CniCode, CniError, type JsonObject } from "../../../lib/spec/mod.ts";
import { configWith } from "./_testing.ts";
import { MACVLAN_MODES } from "./config.ts";

const DEFAULTS = {
  master: undefined,
  mac: undefined,
  ipamType: undefined,
  dns: undefined,
  mode: "bridge",
  mtuBytes: 0,
  linkInContainer: false,
  queueLength: 0,
} as const;

Deno.test("parseMacvlanConfig() reads every key, in any case of letters", () => {
  const keys = {
    MASTER: "up0",
    Mode: "vepa",
    MTU: 1400,
    Mac: "02-00-00-00-00-0A",
    LINKINCONTAINER: true,
    BcQueueLen: 4294967295,
    Ipam: { type: "static" },
    dns: { domain: "a.example" },
  };
  assertEquals(configWith(keys), {
    master: "up0",
    mode: "vepa",
    mtuBytes: 1400,
    mac: "02:00:00:00:00:0a",
    linkInContainer: true,
    queueLength: 4294967295,
    ipamType: "static",
    dns: { domain: "a.example" },
  });
});

Deno.test("parseMacvlanConfig() takes nothing, and what is as good as nothing", async (t) => {
  const cases: Record<string, JsonObject> = {
    "no key": {},
    "null": {
      master: null,
      mode: null,
      mtu: null,
      mac: null,
      linkInContainer: null,
      bcqueuelen: null,
      ipam: null,
    },
    "empty texts": { master: "", mode: "", mac: "", ipam: { type: "" } },
    "zeros": { mtu: 0, bcqueuelen: 0 },
  };
  for (const [why, keys] of Object.entries(cases)) {
    await t.step(why, () => assertEquals(configWith(keys), DEFAULTS));
  }
});

Deno.test("parseMacvlanConfig() knows all modes", () => {
  const modes = MACVLAN_MODES.map((mode) => configWith({ mode }).mode);
  assertEquals(modes, [...MACVLAN_MODES]);
});

Deno.test("parseMacvlanConfig() lets the runtime's hardware address win", async (t) => {
  const keys = { mac: "02:00:00:00:00:01" };
  const args = "MAC=02:00:00:00:00:02";
  const runtimeConfig = { mac: "02:00:00:00:00:03" };
  const macOf = (...[more, call]: Parameters<typeof configWith>) =>
    configWith(more, call).mac;
  await t.step("the configuration's", () => {
    assertEquals(macOf(keys), "02:00:00:00:00:01");
  });
  await t.step("over it that of CNI_ARGS", () => {
    assertEquals(macOf(keys, { args }), "02:00:00:00:00:02");
  });
  await t.step("over both the runtime's", () => {
    const all = { ...keys, runtimeConfig };
    assertEquals(macOf(all, { args }), "02:00:00:00:00:03");
  });
  await t.step("unless it is empty", () => {
    const all = { ...keys, runtimeConfig: { mac: "" } };
    assertEquals(macOf(all), "02:00:00:00:00:01");
  });
  await t.step("args.cni is not this plugin's", () => {
    assertEquals(
      macOf({ args: { cni: { mac: "02:00:00:00:00:04" } } }),
      undefined,
    );
  });
});

Deno.test("parseMacvlanConfig() names key, value and remedy", async (t) => {
  const cases: Record<string, readonly [JsonObject, string, string]> = {
    "a master as number": [{ master: 1 }, "master", "a link"],
    "a master's name too long": [
      { master: "n".repeat(128) },
      "master",
      "too long",
    ],
    "a master that ip would take for words": [
      { master: "a b" },
      "master",
      "whitespace",
    ],
    "a master that leads elsewhere": [{ master: "../x" }, "master", "/"],
    "a mode that is none": [{ mode: "source" }, "mode", "passthru"],
    "a mode in capitals": [{ mode: "Bridge" }, "mode", "passthru"],
    "a mode as number": [{ mode: 1 }, "mode", "passthru"],
    "a negative MTU": [{ mtu: -1 }, "mtu", "from 68"],
    "an MTU that is too small": [{ mtu: 67 }, "mtu", "from 68"],
    "an MTU that is too large": [{ mtu: 65536 }, "mtu", "65535"],
    "an MTU as text": [{ mtu: "1500" }, "mtu", "a whole number"],
    "a multicast address": [
      { mac: "01:00:5e:00:00:01" },
      "mac",
      "unicast",
    ],
    "no address": [{ mac: "00:00:00:00:00:00" }, "mac", "unicast"],
    "five octets": [{ mac: "02:00:00:00:00" }, "mac", "unicast"],
    "the runtime's of five octets": [
      { runtimeConfig: { mac: "02:00:00:00:00" } },
      "runtimeConfig.mac",
      "unicast",
    ],
    "a place as text": [
      { linkInContainer: "yes" },
      "linkInContainer",
      "true or false",
    ],
    "a negative queue": [{ bcqueuelen: -1 }, "bcqueuelen", "from 0"],
    "a queue that is too long": [
      { bcqueuelen: 4294967296 },
      "bcqueuelen",
      "4294967295",
    ],
    "half a queue": [{ bcqueuelen: 0.5 }, "bcqueuelen", "a whole number"],
    "ipam as text": [{ ipam: "static" }, "ipam", "an object"],
    "dns as text": [{ dns: "x" }, "dns", "an object"],
  };
  for (const [why, [keys, name, remedy]] of Object.entries(cases)) {
    await t.step(why, () => {
      const error = assertThrows(() => configWith(keys), CniError);
      assertEquals(error.code, CniCode.InvalidConfig);
      assertStringIncludes(String(error.details), name);
      assertStringIncludes(String(error.details), remedy);
    });
  }
});

Deno.test("parseMacvlanConfig() refuses what is wrong in CNI_ARGS", () => {
  for (const args of ["FOO=1", "MAC", "mac=02:00:00:00:00:02"]) {
    const error = assertThrows(() => configWith({}, { args }), CniError);
    assertEquals(error.code, CniCode.InvalidEnvironment);
  }
});
