import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { CniCode, CniError, type JsonObject } from "../../../lib/spec/mod.ts";
import { configWith } from "./_testing.ts";
import type { PtpConfig } from "./config.ts";

const DEFAULTS: PtpConfig = {
  ipMasq: false,
  ipMasqBackend: undefined,
  mtuBytes: 0,
  ipamType: "host-local",
  dns: undefined,
};

Deno.test("parsePtpConfig() reads every key, in any case of letters", () => {
  assertEquals(configWith(), DEFAULTS);
  const dns = { nameservers: ["10.0.0.1"] };
  const keys = { IPMASQ: true, IpMasqBackend: "nftables", MTU: 1400, DNS: dns };
  assertEquals(configWith(keys), {
    ipMasq: true,
    ipMasqBackend: "nftables",
    mtuBytes: 1400,
    ipamType: "host-local",
    dns,
  });
});

Deno.test("parsePtpConfig() takes nothing, and what is as good as nothing", async (t) => {
  const cases: Record<string, JsonObject> = {
    "null": { ipMasq: null, ipMasqBackend: null, mtu: null, dns: null },
    "no MTU": { mtu: 0 },
    "a negative MTU": { mtu: -5 },
    "a dns that says nothing": { dns: { domain: "" } },
    "keys that nobody knows": { bridge: "cni0", isGateway: 1 },
  };
  for (const [why, keys] of Object.entries(cases)) {
    await t.step(why, () => assertEquals(configWith(keys), DEFAULTS));
  }
});

Deno.test("parsePtpConfig() takes an MTU that the kernel takes", () => {
  assertEquals([68, 65535].map((mtu) => configWith({ mtu }).mtuBytes), [
    68,
    65535,
  ]);
});

Deno.test("parsePtpConfig() takes an empty list of dns for a word", () => {
  assertEquals(configWith({ dns: { search: [] } }).dns, {});
});

Deno.test("parsePtpConfig() names key, value and remedy", async (t) => {
  const cases: Record<string, readonly [JsonObject, string, string]> = {
    "no IPAM plugin": [{ ipam: null }, "ipam.type", "host-local"],
    "an IPAM plugin without a name": [{ ipam: {} }, "ipam.type", "host-local"],
    "an IPAM plugin with an empty name": [
      { ipam: { type: "" } },
      "ipam.type",
      "host-local",
    ],
    "ipam as text": [{ ipam: "host-local" }, "ipam", "an object"],
    "an IPAM plugin's name as number": [
      { ipam: { type: 1 } },
      "ipam.type",
      "a string",
    ],
    "masquerade as text": [{ ipMasq: "yes" }, "ipMasq", "true or false"],
    "a backend that is none": [
      { ipMasqBackend: "ipset" },
      "ipMasqBackend",
      "nftables",
    ],
    "an empty backend": [{ ipMasqBackend: "" }, "ipMasqBackend", "nftables"],
    "a backend as number": [{ ipMasqBackend: 1 }, "ipMasqBackend", "nftables"],
    "an MTU as text": [{ mtu: "1500" }, "mtu", "a whole number"],
    "half an MTU": [{ mtu: 1500.5 }, "mtu", "a whole number"],
    "an MTU that is too small": [{ mtu: 67 }, "mtu", "68 to 65535"],
    "an MTU that is too large": [{ mtu: 65536 }, "mtu", "65535"],
    "dns as text": [{ dns: "10.0.0.1" }, "dns", "an object"],
    "a name server as number": [
      { dns: { nameservers: [1] } },
      "dns.nameservers[0]",
      "a string",
    ],
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
