import { assertEquals } from "@std/assert";
import type { JsonObject } from "../../../lib/spec/mod.ts";
import {
  configWith,
  linesOf,
  routingOf,
  sourceOf,
  undoLinesOf,
} from "./_testing.ts";
import { addSteps } from "./steps.ts";
import { predictedRouting } from "./predicted_routing.ts";
import { removalSteps } from "./removal.ts";
import type { Routing } from "./routing.ts";

const SUBNET = "10.0.0.0/24 dev eth0 proto 2 scope 253 src 10.0.0.5";
const DEFAULT = "default via 10.0.0.1 dev eth0";
const LINES4 = [DEFAULT, SUBNET];
const LINES6 = [
  "fd00::/64 dev eth0 proto 2 metric 256 pref medium",
  "fe80::/64 dev eth0 proto 2 metric 256 pref medium",
  "default via fd00::1 dev eth0 metric 1024 pref medium",
];

interface Given {
  readonly keys?: JsonObject;
  readonly sources?: readonly string[];
  readonly routing?: Routing;
}

function planOf(
  { keys, sources = ["10.0.0.5/24 10.0.0.1"], routing }: Given = {},
) {
  return addSteps({
    config: configWith(keys),
    ifname: "eth0",
    sources: sources.map(sourceOf),
    routing: routing ?? routingOf(LINES4),
  });
}

Deno.test("addSteps() moves the interface's routes to a table of its own", () => {
  const routing = routingOf([...LINES4, "10.1.0.0/24 dev eth1 scope 253"]);
  const steps = planOf({ routing });
  assertEquals(linesOf(steps), [
    "ip rule add from 10.0.0.5/32 lookup 100",
    "ip route append 10.0.0.0/24 table 100 dev eth0 proto 2 scope 253 src 10.0.0.5",
    "ip route append default table 100 via 10.0.0.1 dev eth0",
    `ip route del ${DEFAULT}`,
    `ip route del ${SUBNET}`,
  ]);
  assertEquals(undoLinesOf(steps), [
    "rule del from 10.0.0.5/32 lookup 100",
    "route del 10.0.0.0/24 table 100 dev eth0 proto 2 scope 253 src 10.0.0.5",
    "route del default table 100 via 10.0.0.1 dev eth0",
    `route append ${DEFAULT}`,
    `route append ${SUBNET}`,
  ]);
});

Deno.test("addSteps() takes only its own next hops of a shared route", async (t) => {
  const hops = (one: string, two: string) =>
    `nexthop via ${one} dev eth1 weight 1 nexthop via ${two} dev eth0 weight 2`;
  const main = (given: Given) => {
    const steps = planOf(given);
    const index = steps.findIndex((step) =>
      step.kind === "ip" && !/ table |^rule/.test(step.words.join(" "))
    );
    const own = steps.slice(index);
    return { done: linesOf(own), undone: undoLinesOf(own) };
  };
  await t.step("IPv6: the kernel deletes one hop", () => {
    const line = `default metric 1024 pref medium ${
      hops("fd01::1", "fd00::1")
    }`;
    const own = "default metric 1024 pref medium nexthop via fd00::1 dev " +
      "eth0 weight 2";
    const sources = ["fd00::5/64 fd00::1"];
    const given = { sources, routing: routingOf([], [line]) };
    assertEquals(
      linesOf(planOf(given))[1],
      [
        "ip -6 route append default table 100 metric 1024 pref medium nexthop",
        "via fd00::1 dev eth0 weight 2",
      ].join(" "),
    );
    assertEquals(main(given), {
      done: [`ip -6 route del ${own}`],
      undone: [`route append ${own}`],
    });
  });
  await t.step("IPv4: the others' stay, and the whole goes", () => {
    const line = `10.9.0.0/16 ${hops("10.1.0.1", "10.0.0.1")}`;
    const rest = "10.9.0.0/16 nexthop via 10.1.0.1 dev eth1 weight 1";
    assertEquals(main({ routing: routingOf([line]) }), {
      done: [`ip route append ${rest}`, `ip route del ${line}`],
      undone: [`route del ${rest}`, `route append ${line}`],
    });
  });
  await t.step("a route all of whose hops are its own goes whole", () => {
    const line = `default ${hops("10.0.0.1", "10.0.0.2")}`
      .replace("eth1", "eth0");
    assertEquals(main({ routing: routingOf([line]) }).done, [
      `ip route del ${line}`,
    ]);
  });
  await t.step("a hint comes beside another interface's subnet", () => {
    const other = "10.0.0.0/24 dev eth1 proto 2 scope 253 src 10.0.0.6";
    const keys = { addSourceHints: true };
    const hint = "10.0.0.0/24 dev eth0 scope link src 10.0.0.5";
    assertEquals(main({ keys, routing: routingOf([other, SUBNET]) }), {
      done: [`ip route del ${SUBNET}`, `ip route append ${hint}`],
      undone: [`route append ${SUBNET}`, `route del ${hint}`],
    });
  });
});

Deno.test("addSteps() keeps link-local routes where nodes find each other", () => {
  const sources = ["fd00::5/64 fd00::1"];
  const routing = routingOf([], LINES6);
  assertEquals(linesOf(planOf({ sources, routing })), [
    "ip -6 rule add from fd00::5/128 lookup 100",
    "ip -6 route append fd00::/64 table 100 dev eth0 proto 2 metric 256 pref medium",
    "ip -6 route append fe80::/64 table 100 dev eth0 proto 2 metric 256 pref medium",
    "ip -6 route append default table 100 via fd00::1 dev eth0 metric 1024 pref medium",
    "ip -6 route del default via fd00::1 dev eth0 metric 1024 pref medium",
    "ip -6 route del fd00::/64 dev eth0 proto 2 metric 256 pref medium",
  ]);
});

Deno.test("addSteps() gives each address a table in the order of the result", () => {
  const sources = ["fd00::5/64", "10.0.0.5/24", "10.0.1.5/24"];
  const routing = routingOf(
    [
      "32765:\tfrom 10.7.7.7 lookup 101",
      "10.7.0.0/16 dev eth1 table 102 scope 253",
    ],
    [],
  );
  assertEquals(linesOf(planOf({ sources, routing })), [
    "ip rule add from 10.0.0.5/32 lookup 103",
    "ip rule add from 10.0.1.5/32 lookup 104",
    "ip -6 rule add from fd00::5/128 lookup 100",
  ]);
});

Deno.test("addSteps() copies routes to the tables that they are of", () => {
  const routing = routingOf([
    SUBNET,
    "10.0.1.0/24 dev eth0 proto 2 scope 253 src 10.0.1.5",
    "10.8.0.0/16 dev eth0 scope 253",
    "10.9.0.0/16 via 10.0.1.9 dev eth0",
    "10.10.0.0/16 via 169.254.1.1 dev eth0 onlink",
  ]);
  const sources = ["10.0.0.5/24", "10.0.1.5/24"];
  const copied = linesOf(planOf({ sources, routing }))
    .filter((line) => line.includes(" append "))
    .map((line) => line.split(" ").slice(3, 6).join(" "));
  assertEquals(copied, [
    "10.0.0.0/24 table 100",
    "10.8.0.0/16 table 100",
    "10.10.0.0/16 table 100",
    "10.0.1.0/24 table 101",
    "10.8.0.0/16 table 101",
    "10.9.0.0/16 table 101",
    "10.10.0.0/16 table 101",
  ]);
});

Deno.test("addSteps() chooses the default route", async (t) => {
  const defaults = (given: Given) =>
    linesOf(planOf(given)).filter((line) =>
      line.startsWith("ip route append default")
    );
  const none = routingOf([SUBNET]);
  await t.step("none without a gateway", () => {
    const sources = ["10.0.0.5/24"];
    assertEquals(defaults({ sources, routing: none }), []);
  });
  await t.step("the IPAM plugin's gateway", () => {
    assertEquals(defaults({ routing: none }), [
      "ip route append default table 100 via 10.0.0.1 dev eth0",
    ]);
  });
  await t.step("what is there before that", () => {
    const routing = routingOf([SUBNET, "default via 10.0.0.9 dev eth0"]);
    assertEquals(defaults({ routing }), [
      "ip route append default table 100 via 10.0.0.9 dev eth0",
    ]);
  });
  await t.step("both where one is preferred", () => {
    const line = "default via 10.0.0.9 dev eth0 metric 9";
    assertEquals(defaults({ routing: routingOf([SUBNET, line]) }), [
      "ip route append default table 100 via 10.0.0.9 dev eth0 metric 9",
      "ip route append default table 100 via 10.0.0.1 dev eth0",
    ]);
  });
  await t.step("the configuration's before all", () => {
    const keys = { gateways: ["10.0.0.7", "fd00::7"] };
    assertEquals(defaults({ keys }), [
      "ip route append default table 100 via 10.0.0.7 dev eth0",
    ]);
  });
});

Deno.test("addSteps() only adds rules for a table of somebody else's", () => {
  const sources = ["10.0.0.5/24 10.0.0.1", "fd00::5/64"];
  const routing = routingOf(LINES4, LINES6);
  assertEquals(linesOf(planOf({ keys: { table: 7 }, sources, routing })), [
    "ip rule add from 10.0.0.5/32 lookup 7",
    "ip -6 rule add from fd00::5/128 lookup 7",
  ]);
});

Deno.test("addSteps() leaves subnets with a hint of the source", () => {
  const keys = { addSourceHints: true };
  const sources = ["10.0.0.5/24 10.0.0.1", "fd00::5/64 fd00::1"];
  const main = (routing: Routing) =>
    planOf({ keys, sources, routing }).filter((step) =>
      step.kind === "ip" && /^route (del|replace)/.test(step.words.join(" "))
    );
  const steps = main(routingOf(LINES4, LINES6));
  assertEquals(linesOf(steps), [
    `ip route del ${DEFAULT}`,
    "ip route replace 10.0.0.0/24 dev eth0 scope link src 10.0.0.5",
    "ip -6 route del default via fd00::1 dev eth0 metric 1024 pref medium",
    "ip -6 route del fd00::/64 dev eth0 proto 2 metric 256 pref medium",
    "ip -6 route replace fd00::/64 dev eth0 src fd00::5",
  ]);
  assertEquals(undoLinesOf(steps), [
    `route append ${DEFAULT}`,
    `route replace ${SUBNET}`,
    "route append default via fd00::1 dev eth0 metric 1024 pref medium",
    "route append fd00::/64 dev eth0 proto 2 metric 256 pref medium",
    "route del fd00::/64 dev eth0 src fd00::5",
  ]);
  // As ptp leaves it: the subnet through the gateway.
  const through = "10.0.0.0/24 via 10.0.0.1 dev eth0 src 10.0.0.5";
  assertEquals(linesOf(main(routingOf([through]))).slice(0, 1), [
    "ip route replace 10.0.0.0/24 dev eth0 scope link src 10.0.0.5",
  ]);
});

Deno.test("removalSteps() removes rules and their tables' routes", async (t) => {
  const routing = routingOf([
    "32763:\tfrom 10.0.0.6 lookup 101",
    "32764:\tfrom 10.0.0.5 lookup 254",
    "32765:\tfrom 10.0.0.5 lookup 100",
    "default via 10.0.0.1 dev eth0 table 100",
    "10.0.0.0/24 dev eth0 table 100 scope 253",
    "10.1.0.0/24 dev eth1 table 100 scope 253",
    SUBNET,
  ], ["fe80::/64 dev eth0 table 100 metric 256"]);
  const addresses = [sourceOf("10.0.0.5/24").cidr.address];
  const removalOf = (table?: number) => {
    const input = { routing, ifname: "eth0", addresses, table };
    return linesOf(removalSteps(input));
  };
  await t.step("of the attachment", () => {
    assertEquals(removalOf(), [
      "ip rule del from 10.0.0.5/32 lookup 254",
      "ip rule del from 10.0.0.5/32 lookup 100",
      "ip route del default table 100 via 10.0.0.1 dev eth0",
      "ip route del 10.0.0.0/24 table 100 dev eth0 scope 253",
      "ip -6 route del fe80::/64 table 100 dev eth0 metric 256",
    ]);
  });
  await t.step("rules alone if the table is somebody else's", () => {
    assertEquals(removalOf(100), ["ip rule del from 10.0.0.5/32 lookup 100"]);
    assertEquals(removalOf(7), []);
  });
});

Deno.test("predictedRouting() makes of a plan what the kernel would show", () => {
  const sources = ["10.0.0.5/24 10.0.0.1", "fd00::5/64"].map(sourceOf);
  const routes = [
    { dst: "0.0.0.0/0" },
    { dst: "10.9.0.7/16", gw: "10.0.0.9", priority: 7 },
    { dst: "10.8.0.0/16", table: 9 },
  ];
  const given = { prevResult: { routes }, sources, ifname: "eth0" };
  const routing = predictedRouting(routingOf([]), given);
  const config = configWith();
  const steps = addSteps({ config, sources, routing, ifname: "eth0" });
  assertEquals(linesOf(steps), [
    "ip rule add from 10.0.0.5/32 lookup 100",
    "ip route append 10.0.0.0/24 table 100 dev eth0 proto kernel scope link src 10.0.0.5",
    "ip route append default table 100 via 10.0.0.1 dev eth0",
    "ip route append 10.9.0.0/16 table 100 via 10.0.0.9 dev eth0 metric 7",
    "ip route del 10.9.0.0/16 via 10.0.0.9 dev eth0 metric 7",
    "ip route del default via 10.0.0.1 dev eth0",
    "ip route del 10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.5",
    "ip -6 rule add from fd00::5/128 lookup 101",
    "ip -6 route append fd00::/64 table 101 dev eth0 proto kernel metric 256",
    "ip -6 route del fd00::/64 dev eth0 proto kernel metric 256",
  ]);
});
