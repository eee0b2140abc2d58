import { assertEquals } from "@std/assert";
import { linksOf, stateLines } from "./state_lines.ts";

/** What the lines of one part are. */
function linesOf(part: string, text: string): readonly string[] | undefined {
  return stateLines(new Map([[part, text]])).get(part);
}

const LINKS = JSON.stringify([
  {
    ifindex: 5,
    ifname: "veth0",
    flags: ["BROADCAST", "UP", "LOWER_UP"],
    mtu: 1500,
    operstate: "UP",
    address: "02:00:00:00:00:01",
    master: "br0",
    linkinfo: {
      info_kind: "veth",
      info_slave_kind: "bridge",
      info_slave_data: { state: "forwarding", hairpin: true, hold_timer: 0 },
    },
    addr_info: [
      {
        ...{ family: "inet", local: "10.0.0.1", prefixlen: 24 },
        ...{ broadcast: "10.0.0.255", scope: "global", label: "veth0" },
      },
      {
        ...{ family: "inet6", local: "fd00::1", prefixlen: 64 },
        ...{ scope: "global", nodad: true, tentative: true },
      },
      { family: "inet6", local: "fe80::1", prefixlen: 64, scope: "link" },
    ],
  },
  { ifindex: 1, ifname: "lo", flags: ["LOOPBACK"], mtu: 65536 },
]);

Deno.test("stateLines() tells links and addresses by what was set", () => {
  const parts = stateLines(new Map([["links", LINKS]]));
  assertEquals(parts.get("links"), [
    "link veth0",
    "link veth0: flags BROADCAST UP",
    "link veth0: mtu 1500",
    "link veth0: address 02:00:00:00:00:01",
    "link veth0: master br0",
    "link veth0: kind veth",
    "link veth0: port hairpin true",
    "link lo",
    "link lo: flags LOOPBACK",
    "link lo: mtu 65536",
  ]);
  assertEquals(parts.get("addresses"), [
    "veth0: 10.0.0.1/24 broadcast 10.0.0.255 scope global",
    "veth0: fd00::1/64 scope global nodad",
  ]);
});

Deno.test("stateLines() leaves out what changes of itself", async (t) => {
  const cases: Readonly<Record<string, readonly [string, readonly string[]]>> =
    {
      routes: [
        "default via 10.0.0.1 dev a linkdown\n" +
        "fe80::/64 dev a proto kernel\nmulticast ff00::/8 dev a\n" +
        "anycast fd00:: dev a",
        ["default via 10.0.0.1 dev a"],
      ],
      parameters: [
        "ipv4/ip_forward:1\nipv6/conf/a/stable_secret:x\nipv6/conf/a/mtu:9",
        ["ipv4/ip_forward = 1", "link a", "link a: ipv6 mtu = 9"],
      ],
      iptables: [
        "# Generated\n*nat\n:OUTPUT ACCEPT [0:0]\n:OWN - [7:9]\n" +
        "-A OUTPUT -j OWN\nCOMMIT\n",
        ["nat :OWN -", "nat -A OUTPUT -j OWN"],
      ],
      nftables: [
        "table ip nat {\n\tchain X {\n\t}\n}\n" +
        "table inet own {\n\tchain c {\n\t\tcounter packets 3 bytes 9 drop\n" +
        "\t}\n}",
        [
          "table inet own",
          "table inet own chain c: chain c {",
          "table inet own chain c: counter drop",
        ],
      ],
      traffic: [
        "qdisc noqueue 0: dev lo root refcnt 2\n" +
        "qdisc tbf 1: dev a root refcnt 2 rate 8Mbit\n" +
        "dev a filter parent ffff: protocol all fh 800::800\ndev a \n" +
        "dev a  index 7 ref 1 bind 1",
        [
          "qdisc tbf 1: dev a root rate 8Mbit",
          "dev a filter parent N: protocol all fh N",
        ],
      ],
    };
  for (const [part, [text, expected]] of Object.entries(cases)) {
    await t.step(part, () => assertEquals(linesOf(part, text), expected));
  }
});

Deno.test("linksOf() has the oldest first", () => {
  const names = linksOf(new Map([["links", LINKS]])).map(({ name }) => name);
  assertEquals(names, ["lo", "veth0"]);
});
