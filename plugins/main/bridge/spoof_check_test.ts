import { assertEquals } from "@std/assert";
import {
  parseSpoofRules,
  spoofComment,
  spoofSetup,
  spoofTeardown,
} from "./spoof_check.ts";

const CHECK = { containerId: "c1", ifname: "eth0" };
const SOURCE = { hostName: "veth00000001", mac: "02:00:00:00:00:02" };
const ENTRY = "cni-br-iface-c1-eth0";
const MACS = "cni-br-iface-c1-eth0-mac";
const COMMENT = "macspoofchk-c1-eth0";

/** Each command of a transaction as `verb kind name-or-chain`. */
function commandsOf(transaction: string): readonly string[] {
  const { nftables } = JSON.parse(transaction) as {
    nftables: Record<string, Record<string, Record<string, unknown>>>[];
  };
  return nftables.map((command) => {
    const [verb, objects] = Object.entries(command)[0]!;
    const [kind, object] = Object.entries(objects)[0]!;
    const name = object.name ?? object.chain;
    const handle = object.handle === undefined ? "" : ` #${object.handle}`;
    return `${verb} ${kind} ${name}${handle}`;
  });
}

Deno.test("spoofSetup() makes the chains and rules of the Go plugin", () => {
  assertEquals(commandsOf(spoofSetup(CHECK, SOURCE, [7])), [
    "add table nat",
    "add chain PREROUTING",
    `add chain ${ENTRY}`,
    `add chain ${MACS}`,
    `flush chain ${ENTRY}`,
    `flush chain ${MACS}`,
    "delete rule PREROUTING #7",
    "add rule PREROUTING",
    `add rule ${ENTRY}`,
    `add rule ${MACS}`,
    `add rule ${MACS}`,
  ]);
});

Deno.test("spoofSetup() lets only the container's address pass", () => {
  const { nftables } = JSON.parse(spoofSetup(CHECK, SOURCE, []));
  const rules = nftables.flatMap((one: { add?: { rule?: unknown } }) =>
    one.add?.rule ?? []
  );
  const inBridge = (chain: string, expr: unknown[]) => ({
    family: "bridge",
    table: "nat",
    chain,
    expr,
    comment: COMMENT,
  });
  const match = (left: unknown, right: string) => ({
    match: { op: "==", left, right },
  });
  const source = { payload: { protocol: "ether", field: "saddr" } };
  assertEquals(rules, [
    inBridge("PREROUTING", [
      match({ meta: { key: "iifname" } }, SOURCE.hostName),
      { jump: { target: ENTRY } },
    ]),
    inBridge(ENTRY, [{ jump: { target: MACS } }]),
    inBridge(MACS, [match(source, SOURCE.mac), { return: null }]),
    inBridge(MACS, [{ drop: null }]),
  ]);
});

Deno.test("spoofTeardown() removes rules, then the chains they lead to, once each", () => {
  const rule = { comment: COMMENT, hostName: "veth00000001" };
  const rules = [{ ...rule, handle: 4 }, { ...rule, handle: 9 }];
  assertEquals(commandsOf(spoofTeardown(rules)), [
    "delete rule PREROUTING #4",
    "delete rule PREROUTING #9",
    `flush chain ${ENTRY}`,
    `flush chain ${MACS}`,
    `delete chain ${ENTRY}`,
    `delete chain ${MACS}`,
  ]);
});

Deno.test("parseSpoofRules() finds rules by their comment", () => {
  const match = { match: { op: "==", left: {}, right: "veth00000001" } };
  const listing = JSON.stringify({
    nftables: [
      { metainfo: { version: "1.0.6" } },
      { chain: { name: "PREROUTING" } },
      { rule: { handle: 4, comment: COMMENT, expr: [match] } },
      { rule: { handle: 5, comment: "another", expr: [match] } },
      { rule: { handle: 6, expr: [match] } },
      { rule: { handle: 7, comment: "macspoofchk-x-y" } },
    ],
  });
  assertEquals(parseSpoofRules(listing), [
    { handle: 4, comment: COMMENT, hostName: "veth00000001" },
    { handle: 7, comment: "macspoofchk-x-y", hostName: "" },
  ]);
});

Deno.test("spoofComment() names container and interface", () => {
  assertEquals(spoofComment(CHECK), COMMENT);
});
