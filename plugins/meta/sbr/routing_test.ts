import { assertEquals } from "@std/assert";
import { parseAddress, parseCidr } from "../../../lib/net/mod.ts";
import { parseRouting } from "./routing.ts";

Deno.test("parseRouting() reads rules", () => {
  const lines = [
    "0:\tfrom all lookup 255",
    "100:\tfrom 10.0.0.0/24 lookup 7",
    "101:\tfrom 10.0.0.5 iif eth1 lookup 8",
    "102:\tnot from 10.0.0.5 lookup 9",
    "103:\tfrom 10.0.0.5 blackhole",
    "104:\tfrom all fwmark 0x1 lookup 10",
    "32764:\tfrom 10.0.0.6 lookup 101 proto 2",
    "32765:\tfrom 10.0.0.5 lookup 100 ",
    "32766:\tfrom all lookup 254",
  ];
  const { ruleTables, sourceRules } = parseRouting(
    lines.join("\n"),
    4,
    "eth0",
  );
  assertEquals(
    ruleTables,
    [255, 7, 8, 9, 10, 101, 100, 254].map((table) => [4, table]),
  );
  assertEquals(sourceRules, [
    { source: parseAddress("10.0.0.6"), table: 101 },
    { source: parseAddress("10.0.0.5"), table: 100 },
  ]);
});

Deno.test("parseRouting() reads routes, and the words that make them", () => {
  const lines = [
    "default via 10.0.0.1 dev eth0 ",
    "10.0.0.0/24 dev eth0 proto 2 scope 253 src 10.0.0.5 linkdown ",
    "10.9.0.0/16 via inet6 fd00::9 dev eth0 metric 5 mtu 1400 advmss 1000 onlink",
    "10.8.0.7 dev eth1 table 100 scope 253 expires 17sec",
    "6 10.7.0.0/16 table 100",
    "2 10.0.0.5 dev eth0 table 255 proto 2 scope 254 src 10.0.0.5 ",
  ];
  const { routes } = parseRouting(lines.join("\n"), 4, "eth0");
  const common = { family: 4, table: 254, scope: 0, metric: 0 } as const;
  const devices = ["eth0"];
  assertEquals(routes, [
    {
      ...common,
      dst: parseCidr("0.0.0.0/0"),
      gateway: parseAddress("10.0.0.1"),
      devices,
      words: ["default", "via", "10.0.0.1", "dev", "eth0"],
    },
    {
      ...common,
      dst: parseCidr("10.0.0.0/24"),
      source: parseAddress("10.0.0.5"),
      scope: 253,
      devices,
      words: "10.0.0.0/24 dev eth0 proto 2 scope 253 src 10.0.0.5".split(" "),
    },
    {
      ...common,
      dst: parseCidr("10.9.0.0/16"),
      gateway: parseAddress("fd00::9"),
      metric: 5,
      devices,
      words: lines[2]!.split(" "),
    },
    {
      ...common,
      dst: parseCidr("10.8.0.7/32"),
      table: 100,
      scope: 253,
      devices: ["eth1"],
      words: "10.8.0.7 dev eth1 scope 253".split(" "),
    },
  ]);
});

Deno.test("parseRouting() reads a route with several next hops", () => {
  const line = "default metric 1024 pref medium\\\tnexthop via fd00::1 dev " +
    "eth0 weight 1 \\\tnexthop via fd00::2 dev eth1 weight 1 ";
  const { routes } = parseRouting(line, 6, "eth0");
  assertEquals(routes, [{
    family: 6,
    table: 254,
    dst: parseCidr("::/0"),
    gateway: parseAddress("fd00::1"),
    scope: 0,
    metric: 1024,
    devices: ["eth0", "eth1"],
    words: ("default metric 1024 pref medium nexthop via fd00::1 dev eth0 " +
      "weight 1 nexthop via fd00::2 dev eth1 weight 1").split(" "),
  }]);
});

Deno.test("parseRouting() reads the addresses of the interface", () => {
  const lines = [
    "3: eth0    inet6 fd00::5/64 scope 0 nodad \\       valid_lft forever",
    "3: eth0    inet6 fe80::1/64 scope 253 tentative \\       valid_lft forever",
    "4: eth1    inet6 fd01::5/64 scope 0 \\       valid_lft forever",
  ];
  const { addresses, routes } = parseRouting(lines.join("\n"), 6, "eth0");
  assertEquals(addresses, ["fd00::5/64", "fe80::1/64"].map(parseCidr));
  assertEquals(routes, []);
});
