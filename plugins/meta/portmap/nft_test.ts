import { assertEquals } from "@std/assert";
import type { NftRule } from "../../../lib/firewall/mod.ts";
import { parseAddress } from "../../../lib/net/mod.ts";
import { forwardingsWith, mapping } from "./_testing.ts";
import { missingNftRules } from "./nft_check.ts";
import { nftRivalsOf, ownNftRules, readNftRule } from "./nft_read.ts";
import { additionScript, nftComment } from "./nft_rules.ts";

const MAPPINGS = [
  mapping(8080, 80),
  mapping(53, 5353, { protocol: "udp", hostIP: "127.0.0.1" }),
];

function equals(protocol: string, field: string, right: unknown) {
  return { match: { op: "==", left: { payload: { protocol, field } }, right } };
}

function rule(
  chain: string,
  expr: NftRule["expr"],
  more: Partial<NftRule> = {},
): NftRule {
  return { chain, handle: 1, comment: "c1", expr, ...more };
}

/** A rule that masquerades what has come by these ports. */
function masquerade(protocol: string, ports: unknown, hostIp?: string) {
  const compare = (left: object, right: unknown) => ({
    match: { op: "==", left, right },
  });
  const original = (key: string, right: unknown) =>
    compare({ ct: { key, dir: "original" } }, right);
  return rule("masquerading", [
    equals("ip", "daddr", "10.77.0.2"),
    { match: { op: "in", left: { ct: { key: "status" } }, right: "dnat" } },
    compare({ meta: { key: "l4proto" } }, protocol),
    original("proto-dst", ports),
    ...(hostIp === undefined ? [] : [original("ip daddr", hostIp)]),
    { masquerade: null },
  ]);
}

/** The rules of the Go plugin, and of our first releases. */
const OLD_MASQUERADES = ["10.77.0.2", "127.0.0.1"].map((source) =>
  rule("masquerading", [
    equals("ip", "saddr", source),
    equals("ip", "daddr", "10.77.0.2"),
    { masquerade: null },
  ])
);

const jump = (chain: string, target: string) =>
  rule(chain, [{ jump: { target } }], { comment: "" });

/** What `nft -j` tells after an ADD of the mappings above, of IPv4. */
const RULES: readonly NftRule[] = [
  jump("hostports_all", "hostip_hostports"),
  jump("hostports_all", "hostports"),
  jump("prerouting", "hostports_all"),
  jump("output", "hostports_all"),
  rule("hostports", [
    equals("tcp", "dport", 8080),
    { dnat: { addr: "10.77.0.2", port: 80 } },
  ]),
  rule("hostports", [
    equals("ip", "daddr", "127.0.0.1"),
    equals("udp", "dport", 53),
    { dnat: { addr: "10.77.0.2", port: 5353 } },
  ]),
  masquerade("tcp", 8080),
  masquerade("udp", { range: [50, 53] }, "127.0.0.1"),
];

Deno.test("additionScript() makes the reference's table, in one transaction", () => {
  const [four, six] = forwardingsWith({}, MAPPINGS);
  const script = (word: string, ...rules: readonly string[]) => {
    const t = `${word} cni_hostport`;
    const entry = "fib daddr type local jump hostports_all";
    return [
      `add table ${t} { comment "CNI portmap plugin"; }`,
      `add chain ${t} hostports`,
      `add chain ${t} hostip_hostports`,
      `add chain ${t} hostports_all`,
      `flush chain ${t} hostports_all`,
      `add rule ${t} hostports_all jump hostip_hostports`,
      `add rule ${t} hostports_all jump hostports`,
      `add chain ${t} prerouting { type nat hook prerouting priority -100; }`,
      `flush chain ${t} prerouting`,
      `add rule ${t} prerouting ${entry}`,
      `add chain ${t} output { type nat hook output priority -100; }`,
      `flush chain ${t} output`,
      `add rule ${t} output ${
        word === "ip6" ? "ip6 daddr != ::1 " : ""
      }${entry}`,
      `add chain ${t} masquerading { type nat hook postrouting priority 100; }`,
      ...rules.map((text) => `add rule ${t} ${text} comment "c1"`),
      "",
    ].join("\n");
  };
  assertEquals(
    additionScript(four, []),
    script(
      "ip",
      "hostports tcp dport 8080 dnat to 10.77.0.2:80",
      "hostports ip daddr 127.0.0.1 udp dport 53 dnat to 10.77.0.2:5353",
      "masquerading ip saddr { 10.77.0.0/24, 127.0.0.1 } ip daddr 10.77.0.2 " +
        "ct status dnat meta l4proto tcp ct original proto-dst 8080 masquerade",
      "masquerading ip saddr { 10.77.0.0/24, 127.0.0.1 } ip daddr 10.77.0.2 " +
        "ct status dnat meta l4proto udp ct original proto-dst 53 " +
        "ct original ip daddr 127.0.0.1 masquerade",
    ),
  );
  assertEquals(
    additionScript(six, []),
    script(
      "ip6",
      "hostports tcp dport 8080 dnat to [fd77::2]:80",
      "masquerading ip6 saddr fd77::/64 ip6 daddr fd77::2 " +
        "ct status dnat meta l4proto tcp ct original proto-dst 8080 masquerade",
    ),
  );
});

Deno.test("additionScript() follows the keys", async (t) => {
  const rules = (keys: Parameters<typeof forwardingsWith>[0]) => {
    const [four] = forwardingsWith(keys, [mapping(80, 80)]);
    return additionScript(four, ["delete it"]).split("\n")
      .filter((line) => / (hostports|masquerading) |^delete/.test(line))
      .filter((line) => !line.startsWith("add chain"))
      .map((line) => line.replace("add rule ip cni_hostport ", ""));
  };
  const dnat = 'tcp dport 80 dnat to 10.77.0.2:80 comment "c1"';
  await t.step("snat", () => {
    assertEquals(rules({ snat: false }), ["delete it", `hostports ${dnat}`]);
  });
  await t.step("masqAll", () => {
    assertEquals(
      rules({ masqAll: true }).at(-1),
      [
        "masquerading ip daddr 10.77.0.2 ct status dnat meta l4proto tcp",
        'ct original proto-dst 80 masquerade comment "c1"',
      ].join(" "),
    );
  });
  await t.step("conditions", () => {
    const conditionsV4 = ["ip", "saddr", "!=", "{ 1.2.3.4, 1.2.3.5 }"];
    const condition = "ip saddr != { 1.2.3.4, 1.2.3.5 }";
    assertEquals(
      rules({ snat: false, conditionsV4 }).at(-1),
      `hostports ${condition} ${dnat}`,
    );
  });
});

Deno.test("nftComment() keeps within the kernel's limit", () => {
  const containerId = "c".repeat(200);
  assertEquals(nftComment({ network: "n", containerId }), "c".repeat(128));
});

Deno.test("ownNftRules() tells networks apart by the addresses", () => {
  const owner = { network: "net1", containerId: "c1" };
  const own = (...addresses: readonly string[]) =>
    ownNftRules(owner, RULES, addresses.map(parseAddress)).length;
  assertEquals(ownNftRules(owner, RULES).length, 4);
  assertEquals(own("10.77.0.2"), 4);
  assertEquals(own("10.77.0.3"), 0);
  const other = { network: "net1", containerId: "c" };
  assertEquals(ownNftRules(other, RULES), []);
});

Deno.test("readNftRule() passes conditions over", () => {
  const expr = [
    equals("ip", "daddr", { prefix: { addr: "10.0.0.0", len: 8 } }),
    { match: { op: "!=", left: { payload: { field: "daddr" } }, right: "a" } },
    { match: { op: "==", left: { meta: { key: "iifname" } }, right: "eth0" } },
    equals("sctp", "dport", 9),
    { dnat: { addr: "fd77::2", port: 10 } },
  ];
  assertEquals<unknown>(readNftRule(rule("hostports", expr)), {
    address: "fd77::2",
    port: {
      protocol: "sctp",
      hostPort: 9,
      containerPort: 10,
      family: 6,
      address: "fd77::2",
    },
  });
  assertEquals(readNftRule(rule("hostports", [])), {});
});

Deno.test("nftRivalsOf() tells who has a port already", () => {
  const [four] = forwardingsWith({}, [mapping(8080, 1)]);
  assertEquals(nftRivalsOf(four, RULES), []);
  const other = { ...four, containerId: "c2" };
  assertEquals(nftRivalsOf(other, RULES), [
    "port 0.0.0.0:8080/tcp of the host leads to 10.77.0.2 of container " +
    '"c1" already, and does so until that is deleted',
  ]);
});

Deno.test("missingNftRules() finds what lacks", async (t) => {
  const [forwarding] = forwardingsWith({}, MAPPINGS);
  assertEquals(missingNftRules(forwarding, RULES), []);
  // That one is empty, and kept for older releases.
  const needed = RULES.filter((_, index) => index !== 0);
  assertEquals(missingNftRules(forwarding, needed), []);
  for (const [index, one] of needed.entries()) {
    await t.step(`rule ${index} of ${one.chain}`, () => {
      const rest = needed.filter((other) => other !== one);
      assertEquals(missingNftRules(forwarding, rest).length, 1);
    });
  }
});

Deno.test("missingNftRules() takes the Go plugin's masquerade, if it is whole", () => {
  const [forwarding] = forwardingsWith({}, MAPPINGS);
  const others = RULES.filter(({ chain }) => chain !== "masquerading");
  const old = [...others, ...OLD_MASQUERADES];
  assertEquals(missingNftRules(forwarding, old), []);
  assertEquals(missingNftRules(forwarding, old.slice(0, -1)).length, 1);
  assertEquals(ownNftRules(forwarding, old).length, 4);
  const [masqAll] = forwardingsWith({ masqAll: true }, MAPPINGS);
  assertEquals(missingNftRules(masqAll, old.slice(0, -1)), []);
  const [none] = forwardingsWith({ snat: false }, MAPPINGS);
  assertEquals(missingNftRules(none, others), []);
});
