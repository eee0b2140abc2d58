import { assertEquals } from "@std/assert";
import { forwardingsWith, mapping } from "./_testing.ts";
import { staleConnections, stalePattern } from "./conntrack.ts";

const UDP = { protocol: "udp" };

Deno.test("staleConnections() are those of UDP, by family and address", () => {
  const forwardings = forwardingsWith({}, [
    mapping(80, 80),
    mapping(53, 53, UDP),
    mapping(53, 53, UDP),
    mapping(54, 53, { ...UDP, hostIP: "127.0.0.1" }),
    mapping(9, 9, { protocol: "sctp" }),
  ]);
  assertEquals(staleConnections(forwardings).map((words) => words.join(" ")), [
    "-D -f ipv4 -p udp --orig-port-dst 53",
    "-D -f ipv4 -p udp --orig-port-dst 54 --orig-dst 127.0.0.1",
    "-D -f ipv6 -p udp --orig-port-dst 53",
  ]);
});

Deno.test("stalePattern() finds their lines, by the port asked for", () => {
  const ports = [mapping(53, 53, UDP), mapping(54, 53, UDP)];
  const [four] = forwardingsWith({}, ports);
  const pattern = new RegExp(stalePattern([four]));
  const line = (sent: number, replied: number, family = "ipv4     2") =>
    `${family} udp      17 99 src=1.1.1.1 dst=2.2.2.3 sport=5 dport=${sent} ` +
    `[UNREPLIED] src=2.2.2.3 dst=1.1.1.1 sport=${sent} dport=${replied} ` +
    "mark=0 zone=0 use=2";
  assertEquals(pattern.test(line(53, 5)), true);
  assertEquals(pattern.test(line(54, 5)), true);
  assertEquals(pattern.test(line(530, 5)), false);
  assertEquals(pattern.test(line(5, 53)), false);
  assertEquals(pattern.test(line(53, 5, "ipv6     10")), false);
});
