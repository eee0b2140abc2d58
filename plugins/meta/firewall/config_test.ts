import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { formatAddress } from "../../../lib/net/mod.ts";
import { CniCode, CniError, type JsonObject } from "../../../lib/spec/mod.ts";
import { requestWith } from "../../shared/testing/mod.ts";
import {
  addressesOf,
  type FirewallConfig,
  parseFirewallConfig,
  readFirewallConfig,
  readFirewallInput,
} from "./config.ts";

const DEFAULTS: FirewallConfig = {
  backend: undefined,
  adminChain: "CNI-ADMIN",
  zone: "trusted",
  ingressPolicy: "open",
};

const RESULT = {
  interfaces: [{ name: "cni0" }, { name: "eth0", sandbox: "/run/netns/c1" }],
  ips: [{ address: "10.1.2.3/24", interface: 1 }],
};

Deno.test("parseFirewallConfig() has defaults for what is absent or empty", () => {
  const cases: readonly JsonObject[] = [
    {},
    {
      backend: "",
      iptablesAdminChainName: "",
      firewalldZone: "",
      ingressPolicy: "",
    },
    {
      backend: null,
      iptablesAdminChainName: null,
      firewalldZone: null,
      ingressPolicy: null,
    },
  ];
  for (const keys of cases) {
    assertEquals(parseFirewallConfig(requestWith(keys).config), DEFAULTS);
  }
});

Deno.test("parseFirewallConfig() reads every key, whatever its letters", () => {
  const { config } = requestWith({
    Backend: "firewalld",
    IPTABLESADMINCHAINNAME: "MY.chain_1:x",
    firewallDZone: "my-zone",
    IngressPolicy: "isolated",
  });
  assertEquals(parseFirewallConfig(config), {
    backend: "firewalld",
    adminChain: "MY.chain_1:x",
    zone: "my-zone",
    ingressPolicy: "isolated",
  });
});

/** Keys that will not do. */
const BAD: Readonly<Record<string, JsonObject>> = {
  "an unknown backend": { backend: "nftables" },
  "a backend in capitals": { backend: "IPTABLES" },
  "a backend that is a number": { backend: 1 },
  "an unknown policy": { ingressPolicy: "sideways" },
  "a policy that is a list": { ingressPolicy: ["open"] },
  "a chain that is a number": { iptablesAdminChainName: 1 },
  "a chain with a space": { iptablesAdminChainName: "MY CHAIN" },
  "a chain with a line break": { iptablesAdminChainName: "A\n-F FORWARD" },
  "a chain that is an option": { iptablesAdminChainName: "-F" },
  "a chain's name that is too long": { iptablesAdminChainName: "A".repeat(29) },
  "a chain that is built in": { iptablesAdminChainName: "FORWARD" },
  "a chain that is a target": { iptablesAdminChainName: "DROP" },
  "a chain that is a target of an extension": {
    iptablesAdminChainName: "MASQUERADE",
  },
  "a chain that is a target that logs": { iptablesAdminChainName: "LOG" },
  "the plugin's own chain": { iptablesAdminChainName: "CNI-FORWARD" },
  "a zone that is a number": { firewalldZone: 1 },
  "a zone with a space": { firewalldZone: "a b" },
  "a zone that is an option": { firewalldZone: "--panic-on" },
};

Deno.test("parseFirewallConfig() refuses what will not do", async (t) => {
  for (const [why, keys] of Object.entries(BAD)) {
    await t.step(why, () => {
      const error = assertThrows(
        () => parseFirewallConfig(requestWith(keys).config),
        CniError,
      );
      assertEquals(error.code, CniCode.InvalidConfig);
      assertEquals(error.details.split(" ")[0], Object.keys(keys)[0]);
    });
  }
});

Deno.test("readFirewallConfig() passes over what will not do", () => {
  for (const keys of Object.values(BAD)) {
    const { config } = requestWith(keys);
    const none = { backend: undefined, zone: "trusted" };
    assertEquals(readFirewallConfig(config), none);
  }
  const { config } = requestWith({ backend: "iptables", firewalldZone: "a" });
  const own = { backend: "iptables", zone: "a" } as const;
  assertEquals(readFirewallConfig(config), own);
});

Deno.test("readFirewallInput() needs a result", () => {
  const error = assertThrows(() => readFirewallInput(requestWith()), CniError);
  assertEquals(error.code, CniCode.InvalidConfig);
  assertEquals(error.message, "missing prevResult from earlier plugin");
});

Deno.test("readFirewallInput() finds the bridge, if one is to be kept apart", () => {
  const read = (keys: JsonObject, result: JsonObject = RESULT) =>
    readFirewallInput(requestWith({ ...keys, prevResult: result })).bridge;
  assertEquals(read({}), undefined);
  assertEquals(read({ ingressPolicy: "open" }), undefined);
  assertEquals(read({ ingressPolicy: "same-bridge" }), "cni0");
  assertEquals(read({ ingressPolicy: "isolated" }), "cni0");
});

Deno.test("readFirewallInput() refuses to keep apart what is no bridge", async (t) => {
  const cases: Readonly<Record<string, readonly [JsonObject, string]>> = {
    "no interfaces": [{ ips: RESULT.ips }, "no interfaces"],
    "an interface of the container": [
      { interfaces: [{ name: "eth0", sandbox: "/run/netns/c1" }] },
      "in the container",
    ],
    "a name that iptables completes": [
      { interfaces: [{ name: "br+" }] },
      "br+",
    ],
    "a name that iptables negates": [{ interfaces: [{ name: "!br" }] }, "!br"],
  };
  for (const [why, [prevResult, named]] of Object.entries(cases)) {
    await t.step(why, () => {
      const keys = { ingressPolicy: "isolated", prevResult };
      const error = assertThrows(
        () => readFirewallInput(requestWith(keys)),
        CniError,
      );
      assertEquals(error.code, CniCode.InvalidConfig);
      assertStringIncludes(error.details, named);
    });
  }
});

Deno.test("addressesOf() parts addresses by family, each once", () => {
  const ips = [
    ...["10.1.2.3/24", "fd00::3/64", "10.1.2.4/24", "10.1.2.3/32"],
    "::ffff:10.1.2.5/120",
  ].map((address) => ({ address }));
  const found = [...addressesOf({ ips })].map(([family, addresses]) => [
    family,
    addresses.map(formatAddress),
  ]);
  assertEquals(found, [
    [4, ["10.1.2.3", "10.1.2.4", "10.1.2.5"]],
    [6, ["fd00::3"]],
  ]);
  assertEquals(addressesOf({}).size, 0);
});

Deno.test("parseFirewallConfig() takes a chain's name of 28 letters", () => {
  const iptablesAdminChainName = "A".repeat(28);
  const { adminChain } = parseFirewallConfig(
    requestWith({ iptablesAdminChainName }).config,
  );
  assertEquals(adminChain, iptablesAdminChainName);
});
