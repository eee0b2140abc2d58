import { assertEquals } from "@std/assert";
import type { JsonObject } from "../../../lib/spec/mod.ts";
import { forwardingsWith, mapping } from "./_testing.ts";
import {
  parseConnections,
  possibleDeletions,
  staleDeletions,
} from "./conntrack.ts";

const UDP = { protocol: "udp" };

/** A connection as `conntrack -L` shows it, by its addresses with ports. */
function line(...ends: readonly [string, string, string, string]): string {
  const [from, to, replyFrom, replyTo] = ends.map((end) => {
    const colon = end.lastIndexOf(":");
    return [end.slice(0, colon), end.slice(colon + 1)] as const;
  }) as [string, string][];
  const tuple = (a = ["", ""], b = ["", ""]) =>
    `src=${a[0]} dst=${b[0]} sport=${a[1]} dport=${b[1]}`;
  return `udp      17 29 ${tuple(from, to)} [UNREPLIED] ` +
    `${tuple(replyFrom, replyTo)} mark=0 use=1`;
}

const UNMAPPED = line("1.1.1.1:5", "2.2.2.2:53", "2.2.2.2:53", "1.1.1.1:5");
/** What a container has sent, masqueraded. */
const ANSWER = line("10.77.0.9:53", "1.1.1.1:5", "1.1.1.1:5", "2.2.2.2:53");

Deno.test("parseConnections() reads what conntrack and the kernel tell", async (t) => {
  const cases = {
    "by conntrack": UNMAPPED,
    "by the kernel": `ipv4     2 ${UNMAPPED} zone=0`,
    "counted": UNMAPPED.replace(" [UNREPLIED]", " packets=1 bytes=76")
      .replace(" mark", " packets=0 bytes=0 [ASSURED] mark"),
  };
  const expected = parseConnections(UNMAPPED);
  assertEquals(expected[0]?.original.destinationPort, 53);
  assertEquals(expected[0]?.reply.destinationPort, 5);
  for (const [why, text] of Object.entries(cases)) {
    await t.step(why, () => {
      assertEquals(parseConnections(`x\n${text}\n`), expected);
    });
  }
  await t.step("but no other protocol's", () => {
    const tcp = UNMAPPED.replace("udp      17", "tcp      6");
    assertEquals(parseConnections(`${tcp}\n`), []);
  });
  await t.step("IPv6 in any spelling", () => {
    const long = "fd77:0000:0000:0000:0000:0000:0000:0002";
    const ends = [`${long}:1`, "::1:2", "::1:2", `${long}:1`] as const;
    const [one] = parseConnections(line(...ends));
    assertEquals(one?.original.source.family, 6);
  });
});

Deno.test("staleDeletions() are about what keeps packets from a port", async (t) => {
  const byQuestion = "-D -f ipv4 -p udp --orig-port-dst 53";
  const byAnswer = "-D -f ipv4 -p udp --src-nat --reply-port-dst 53";
  const at = (hostIP: string) => mapping(53, 53, { ...UDP, hostIP });
  const cases: Record<
    string,
    readonly [readonly string[], JsonObject, readonly string[]]
  > = {
    "what came before": [[UNMAPPED], mapping(53, 53, UDP), [byQuestion]],
    "once for all of a port": [
      [UNMAPPED, UNMAPPED.replaceAll("1.1.1.1", "1.1.1.2")],
      mapping(53, 53, UDP),
      [byQuestion],
    ],
    "what led to another container": [
      [line("1.1.1.1:5", "2.2.2.2:53", "10.77.0.9:53", "1.1.1.1:5")],
      mapping(53, 53, UDP),
      [byQuestion],
    ],
    "what led to another port of it": [
      [line("1.1.1.1:5", "2.2.2.2:53", "10.77.0.2:54", "1.1.1.1:5")],
      mapping(53, 53, UDP),
      [byQuestion],
    ],
    "not what leads to the container": [
      [line("1.1.1.1:5", "2.2.2.2:53", "10.77.0.2:53", "1.1.1.1:5")],
      mapping(53, 53, UDP),
      [],
    ],
    "what a server has answered late": [
      [ANSWER],
      mapping(53, 80, UDP),
      [byAnswer],
    ],
    "not what the host has sent from the port": [
      [line("2.2.2.2:53", "1.1.1.1:5", "1.1.1.1:5", "2.2.2.2:53")],
      mapping(53, 80, UDP),
      [],
    ],
    "not another port's": [[UNMAPPED, ANSWER], mapping(6, 6, UDP), []],
    "not what came by another address": [
      [UNMAPPED, ANSWER],
      at("127.0.0.1"),
      [],
    ],
    "what came by the address": [
      [UNMAPPED, ANSWER],
      at("2.2.2.2"),
      [`${byQuestion} --orig-dst 2.2.2.2`, `${byAnswer} --reply-dst 2.2.2.2`],
    ],
    "not for TCP": [[UNMAPPED, ANSWER], mapping(53, 53), []],
  };
  for (const [why, [lines, ports, expected]] of Object.entries(cases)) {
    await t.step(why, () => {
      const forwardings = forwardingsWith({}, [ports]);
      const connections = parseConnections(lines.join("\n"));
      const words = staleDeletions(forwardings, connections);
      assertEquals(words.map((one) => one.join(" ")), expected);
    });
  }
});

Deno.test("possibleDeletions() are those of UDP, by family and address", () => {
  const forwardings = forwardingsWith({}, [
    mapping(80, 80),
    mapping(53, 53, UDP),
    mapping(53, 53, UDP),
    mapping(54, 53, { ...UDP, hostIP: "127.0.0.1" }),
    mapping(9, 9, { protocol: "sctp" }),
  ]);
  const texts = possibleDeletions(forwardings).map((words) => words.join(" "));
  assertEquals(texts, [
    "-D -f ipv4 -p udp --orig-port-dst 53",
    "-D -f ipv4 -p udp --src-nat --reply-port-dst 53",
    "-D -f ipv4 -p udp --orig-port-dst 54 --orig-dst 127.0.0.1",
    "-D -f ipv4 -p udp --src-nat --reply-port-dst 54 --reply-dst 127.0.0.1",
    "-D -f ipv6 -p udp --orig-port-dst 53",
    "-D -f ipv6 -p udp --src-nat --reply-port-dst 53",
  ]);
});
