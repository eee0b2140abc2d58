import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { parseAddress } from "../../../lib/net/mod.ts";
import { CniCode, CniError, type JsonObject } from "../../../lib/spec/mod.ts";
import { configWith, mapping } from "./_testing.ts";

Deno.test("parsePortmapConfig() has the reference's defaults", () => {
  assertEquals(configWith(), {
    mappings: [],
    backend: undefined,
    externalSetMarkChain: undefined,
    snat: true,
    masqAll: false,
    mark: 0x2000,
    conditions: { 4: [], 6: [] },
  });
});

Deno.test("parsePortmapConfig() reads every key, whatever its case", () => {
  const keys = {
    Backend: "iptables",
    SNAT: false,
    masqall: true,
    MarkMasqBit: 31,
    conditionsV4: ["!", "-s", "10.0.0.1"],
    conditionsV6: null,
  };
  assertEquals(configWith(keys), {
    mappings: [],
    externalSetMarkChain: undefined,
    backend: "iptables",
    snat: false,
    masqAll: true,
    mark: 0x80000000,
    conditions: { 4: ["!", "-s", "10.0.0.1"], 6: [] },
  });
});

Deno.test("parsePortmapConfig() reads mappings", async (t) => {
  const port = { protocol: "tcp", hostPort: 80, containerPort: 8080 } as const;
  const loopback = parseAddress("127.0.0.1");
  const cases: Record<string, readonly [JsonObject, object]> = {
    "any address": [{}, {}],
    "no address, as some runtimes put it": [{ hostIP: "" }, {}],
    "an address": [{ hostIP: "127.0.0.1" }, { family: 4, hostIp: loopback }],
    "an address as IPv6 has it": [
      { hostIP: "::ffff:127.0.0.1" },
      { family: 4, hostIp: loopback },
    ],
    "all of IPv4": [{ hostIP: "0.0.0.0" }, { family: 4 }],
    "all of IPv6": [{ hostIP: "::" }, { family: 6 }],
    "capitals": [{ protocol: "UDP" }, { protocol: "udp" }],
    "SCTP": [{ protocol: "sctp" }, { protocol: "sctp" }],
  };
  for (const [why, [more, expected]] of Object.entries(cases)) {
    await t.step(why, () => {
      const { mappings } = configWith({}, [mapping(80, 8080, more)]);
      assertEquals<unknown>(mappings, [{ ...port, ...expected }]);
    });
  }
});

Deno.test("parsePortmapConfig() chooses the backend that keys are for", () => {
  const cases: readonly (readonly [JsonObject, string | undefined])[] = [
    [{}, undefined],
    [{ externalSetMarkChain: "KUBE-MARK-MASQ" }, "iptables"],
    [{ conditionsV4: ["-s", "10.0.0.1"] }, "iptables"],
    [{ conditionsV6: ["ip6", "saddr", "fd00::1"] }, "nftables"],
    [{ conditionsV4: [], conditionsV6: [""] }, undefined],
    [{ backend: "nftables", markMasqBit: 3 }, "nftables"],
  ];
  for (const [keys, backend] of cases) {
    assertEquals(configWith(keys).backend, backend);
  }
});

Deno.test("parsePortmapConfig() refuses what will not do", async (t) => {
  const cases: Record<string, readonly [JsonObject, string]> = {
    "a backend of another name": [{ backend: "ipvs" }, 'backend is "ipvs"'],
    "no backend at all": [{ backend: "" }, 'backend is ""'],
    "a bit too many": [{ markMasqBit: 32 }, "markMasqBit is 32"],
    "a bit below": [{ markMasqBit: -1 }, "markMasqBit is -1"],
    "a word for a bit": [{ markMasqBit: "13" }, 'markMasqBit is "13"'],
    "a word for snat": [{ snat: "yes" }, 'snat is "yes"'],
    "two marks": [
      { markMasqBit: 13, externalSetMarkChain: "A" },
      "remove one of the two",
    ],
    "a chain with a line of its own": [
      { externalSetMarkChain: "A\n-F" },
      "externalSetMarkChain is",
    ],
    "a chain like an option": [
      { externalSetMarkChain: "-F" },
      "externalSetMarkChain is",
    ],
    "a chain too long": [
      { externalSetMarkChain: "A".repeat(29) },
      "up to 28 bytes",
    ],
    "conditions in one text": [{ conditionsV4: "-s" }, "conditionsV4 is"],
    "conditions with a line break": [
      { conditionsV4: ["-s", "1.2.3.4\n-A INPUT"] },
      "conditionsV4[1] is",
    ],
    "conditions with another command": [
      { conditionsV4: ["ip", "saddr", "1.2.3.4;", "flush ruleset"] },
      "conditionsV4[2] is",
    ],
    "conditions with an open quote": [
      { conditionsV6: ["iifname", '"eth0'] },
      "conditionsV6[1] is",
    ],
    "conditions for the other backend": [
      { backend: "nftables", conditionsV6: ["-s", "fd00::1"] },
      'conditionsV6 is for iptables, but backend is "nftables"',
    ],
    "a chain for the other backend": [
      { backend: "nftables", externalSetMarkChain: "A" },
      'externalSetMarkChain is for iptables, but backend is "nftables"',
    ],
    "conditions for either backend": [
      { conditionsV4: ["-s", "1.2.3.4"], conditionsV6: ["ip6", "saddr", "::"] },
      "conditionsV6 is for nftables, but conditionsV4 is for iptables",
    ],
  };
  for (const [why, [keys, fragment]] of Object.entries(cases)) {
    await t.step(why, () => refuses(() => configWith(keys), fragment));
  }
});

Deno.test("parsePortmapConfig() refuses mappings that will not do", async (t) => {
  const first = "runtimeConfig.portMappings[0]";
  const cases: Record<string, readonly [readonly JsonObject[], string]> = {
    "port 0 of the host": [[mapping(0, 80)], `${first}.hostPort is 0`],
    "port 0 of the container": [[mapping(1, 0)], `${first}.containerPort is 0`],
    "a port too large": [[mapping(70000, 80)], `${first}.hostPort is 70000`],
    "a port below": [[mapping(-1, 80)], `${first}.hostPort is -1`],
    "half a port": [[mapping(1.5, 80)], `${first}.hostPort is 1.5`],
    "a word for a port": [
      [mapping(1, 1, { hostPort: "80" })],
      `${first}.hostPort is "80"`,
    ],
    "no port": [[{ protocol: "tcp" }], `${first}.hostPort is nothing`],
    "no protocol": [
      [{ hostPort: 1, containerPort: 1 }],
      `${first}.protocol is nothing: expected "tcp", "udp" or "sctp"`,
    ],
    "an unknown protocol": [
      [mapping(1, 1, { protocol: "icmp" })],
      `${first}.protocol is "icmp"`,
    ],
    "an address that is none": [
      [mapping(1, 1, { hostIP: "localhost" })],
      `${first}.hostIP is "localhost"`,
    ],
    "a network for an address": [
      [mapping(1, 1, { hostIP: "10.0.0.0/8" })],
      `${first}.hostIP is "10.0.0.0/8"`,
    ],
    "one port that leads to two": [
      [mapping(80, 1), mapping(80, 2)],
      "runtimeConfig.portMappings[1].hostPort is 80: 80/tcp is to lead to " +
      "port 2 of the container, but 80/tcp leads to port 1",
    ],
    "one port of one address that leads to two": [
      [mapping(80, 1), mapping(80, 2, { hostIP: "127.0.0.1" })],
      "127.0.0.1:80/tcp is to lead to port 2",
    ],
    "one port of a family that leads to two": [
      [mapping(80, 1, { hostIP: "::" }), mapping(80, 2, { hostIP: "::1" })],
      "[::1]:80/tcp is to lead to port 2 of the container, but [::]:80/tcp",
    ],
  };
  for (const [why, [mappings, fragment]] of Object.entries(cases)) {
    await t.step(why, () => refuses(() => configWith({}, mappings), fragment));
  }
  await t.step("no list", () => {
    const keys = { runtimeConfig: { portMappings: { hostPort: 1 } } };
    refuses(() => configWith(keys), "expected a list");
  });
});

Deno.test("parsePortmapConfig() takes ports that are no contradiction", async (t) => {
  const cases: Record<string, readonly JsonObject[]> = {
    "of two protocols": [mapping(80, 1), mapping(80, 2, { protocol: "udp" })],
    "of two families": [
      mapping(80, 1, { hostIP: "0.0.0.0" }),
      mapping(80, 2, { hostIP: "::" }),
    ],
    "of two addresses": [
      mapping(80, 1, { hostIP: "127.0.0.1" }),
      mapping(80, 2, { hostIP: "127.0.0.2" }),
    ],
    "that lead to the same": [
      mapping(80, 1),
      mapping(80, 1, { hostIP: "127.0.0.1" }),
    ],
    "said twice": [mapping(80, 1), mapping(80, 1)],
  };
  for (const [why, mappings] of Object.entries(cases)) {
    await t.step(why, () => {
      assertEquals(configWith({}, mappings).mappings.length, 2);
    });
  }
});

function refuses(act: () => unknown, fragment: string): void {
  const error = assertThrows(act, CniError, "Cannot use ");
  assertEquals(error.code, CniCode.InvalidConfig);
  assertStringIncludes(error.details, fragment);
}
