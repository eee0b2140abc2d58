import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { CniError, type JsonObject } from "../../../lib/spec/mod.ts";
import { requestWith } from "../../shared/testing/mod.ts";
import { parseTapConfig, type TapConfig } from "./config.ts";

function configWith(keys: JsonObject, args = "") {
  return parseTapConfig(requestWith(keys, { args }));
}

Deno.test("parseTapConfig() reads every key", () => {
  const selinuxContext = "system_u:system_r:container_t:s0:c1,c2";
  const config = configWith({
    multiqueue: true,
    mtu: 1400,
    mac: "02-00-00-00-00-AA",
    owner: 0,
    group: 4294967294,
    selinuxContext,
    bridge: "br0",
    ipam: { type: "static" },
    dns: { domain: "a.example" },
  });
  assertEquals(config, {
    isMultiQueue: true,
    mtuBytes: 1400,
    mac: "02:00:00:00:00:aa",
    owner: 0,
    group: 4294967294,
    selinuxContext,
    bridge: "br0",
    ipamType: "static",
    dns: { domain: "a.example" },
  });
});

Deno.test("parseTapConfig() has defaults for what is absent", () => {
  const none: TapConfig = {
    isMultiQueue: false,
    mtuBytes: 0,
    mac: undefined,
    owner: undefined,
    group: undefined,
    selinuxContext: undefined,
    bridge: undefined,
    ipamType: undefined,
    dns: undefined,
  };
  assertEquals(configWith({}), none);
  const empty = {
    mac: "",
    bridge: "",
    selinuxContext: "",
    mtu: 0,
    owner: null,
  };
  assertEquals(configWith(empty), none);
});

Deno.test("parseTapConfig() lets the runtime choose the hardware address", () => {
  const [first, second, third] = [1, 2, 3].map((n) => `02:00:00:00:00:0${n}`);
  const keys = { mac: third!, runtimeConfig: { mac: first! } };
  assertEquals(configWith(keys, `MAC=${second}`).mac, first);
  assertEquals(configWith({ mac: third! }, `MAC=${second}`).mac, second);
  assertEquals(configWith({ mac: third! }).mac, third);
});

Deno.test("parseTapConfig() names key, value and remedy", async (t) => {
  const cases: Record<string, [JsonObject, ...string[]]> = {
    "multiQueue as a number": [{ multiQueue: 4 }, "multiQueue", "4"],
    "mtu as text": [{ mtu: "1400" }, "mtu", '"1400"'],
    "negative mtu": [{ mtu: -1 }, "mtu", "-1"],
    "mtu too small": [{ mtu: 67 }, "mtu", "67", "from 68"],
    "mtu too large": [{ mtu: 65522 }, "mtu", "65522"],
    "mac that is none": [{ mac: "x" }, "mac", '"x"'],
    "multicast mac": [{ mac: "01:00:5e:00:00:01" }, "mac"],
    "mac of nobody": [{ mac: "00:00:00:00:00:00" }, "mac"],
    "runtime's mac that is none": [
      { runtimeConfig: { mac: "x" } },
      "runtimeConfig.mac",
    ],
    "owner by name": [{ owner: "root" }, "owner", '"root"'],
    "negative owner": [{ owner: -1 }, "owner", "-1"],
    "owner that means nobody": [{ owner: 4294967295 }, "owner"],
    "half a group": [{ group: 1.5 }, "group", "1.5"],
    "context without a type": [{ selinuxContext: "a:b" }, "selinuxContext"],
    "context with a command": [
      { selinuxContext: "a:b:c; id" },
      "selinuxContext",
    ],
    "context that is an option": [
      { selinuxContext: "--help:a:b" },
      "selinuxContext",
    ],
    "bridge that is no name": [{ bridge: "a b" }, "bridge", '"a b"'],
    "bridge of another type": [{ bridge: true }, "bridge", "true"],
    "bridge of the device's name": [{ bridge: "eth0" }, "bridge", "CNI_IFNAME"],
    "dns of another type": [{ dns: { search: "a" } }, "dns.search"],
  };
  for (const [why, [keys, ...parts]] of Object.entries(cases)) {
    await t.step(why, () => {
      const error = assertThrows(() => configWith(keys), CniError);
      assertEquals(error.code, 7);
      for (const part of parts) assertStringIncludes(String(error), part);
    });
  }
  await t.step("CNI_ARGS", () => {
    const error = assertThrows(() => configWith({}, "IP=x"), CniError);
    assertEquals(error.code, 4);
  });
});
