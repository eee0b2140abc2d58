import { assertEquals } from "@std/assert";
import { parseCidr } from "../net/mod.ts";
import {
  additionScript,
  handlesOf,
  nftablesOwner,
  removalTransaction,
  staleHandles,
} from "./nftables_masquerade.ts";

const OWNER = { network: "n1", containerId: "c1", ifname: "eth0" };
const PREFIX = "43d91f8451058a70-f4d01f2ef4b92245";

Deno.test("nftablesOwner() makes the comment of the reference", async () => {
  assertEquals(await nftablesOwner(OWNER), {
    prefix: PREFIX,
    comment: `${PREFIX}, net: n1, if: eth0, id: c1`,
  });
  const other = { network: "unit-test", containerId: "one", ifname: "eth0" };
  assertEquals(await nftablesOwner(other), {
    prefix: "6fd94d501e58f0aa-287fc69eff0574a2",
    comment: "6fd94d501e58f0aa-287fc69eff0574a2, net: unit-test, " +
      "if: eth0, id: one",
  });
});

Deno.test("nftablesOwner() keeps comments within 128 bytes and without quotes", async () => {
  const cases = {
    "long names": { ...OWNER, containerId: "c".repeat(200) },
    "cut inside a character": {
      network: "n".repeat(65),
      containerId: "c",
      ifname: "日日日日日",
    },
  };
  const bytes = await Promise.all(
    Object.values(cases).map(async (owner) => {
      const { comment, prefix } = await nftablesOwner(owner);
      assertEquals(comment.startsWith(`${prefix}, net: `), true);
      assertEquals(/\ufffd|"/.test(comment), false);
      return new TextEncoder().encode(comment).length;
    }),
  );
  assertEquals(bytes[0], 128);
  assertEquals(bytes[1]! <= 128 && bytes[1]! > 124, true, String(bytes[1]));
  const quoted = await nftablesOwner({ ...OWNER, ifname: 'e"0' });
  assertEquals(quoted.comment.endsWith(", if: e0, id: c1"), true);
});

const T = "inet cni_plugins_masquerade";

Deno.test("additionScript() is one transaction, byte for byte", async () => {
  const owner = await nftablesOwner(OWNER);
  const ips = ["10.0.0.2/24", "fd00::2/64"].map(parseCidr);
  const comment = `comment "${owner.comment}"`;
  assertEquals(
    additionScript({ ...OWNER, ips }, owner, [7, 9]),
    `add table ${T}
add chain ${T} masq_checks
add chain ${T} postrouting { type nat hook postrouting priority 100; }
flush chain ${T} postrouting
add rule ${T} postrouting ip daddr 224.0.0.0/4 return
add rule ${T} postrouting ip6 daddr ff00::/8 return
add rule ${T} postrouting goto masq_checks
delete rule ${T} masq_checks handle 7
delete rule ${T} masq_checks handle 9
add rule ${T} masq_checks ip saddr 10.0.0.2 ip daddr != 10.0.0.0/24 masquerade ${comment}
add rule ${T} masq_checks ip6 saddr fd00::2 ip6 daddr != fd00::/64 masquerade ${comment}
`,
  );
});

Deno.test("removalTransaction() deletes rules by their handles", () => {
  assertEquals(
    removalTransaction([3, 12]),
    `delete rule ${T} masq_checks handle 3\n` +
      `delete rule ${T} masq_checks handle 12\n`,
  );
});

/** What `nft -j list chain` prints for rules with these handles and comments. */
function listing(rules: Readonly<Record<number, string | undefined>>): string {
  const place = { family: "inet", table: "cni_plugins_masquerade" };
  return JSON.stringify({
    nftables: [
      { metainfo: { version: "1.0.6", json_schema_version: 1 } },
      { chain: { ...place, name: "masq_checks", handle: 1 } },
      ...Object.entries(rules).map(([handle, comment]) => ({
        rule: { ...place, handle: Number(handle), comment, expr: [] },
      })),
    ],
  });
}

Deno.test("handlesOf() finds the rules of one attachment", async () => {
  const owner = await nftablesOwner(OWNER);
  const other = await nftablesOwner({ ...OWNER, ifname: "net1" });
  const text = listing({
    3: owner.comment,
    4: other.comment,
    5: undefined,
    6: `${PREFIX}, as an older release wrote it`,
    7: ` ${owner.comment}`,
  });
  assertEquals(handlesOf(owner, text), [3, 6]);
  assertEquals(handlesOf(owner, listing({})), []);
});

Deno.test("staleHandles() finds a network's rules that are not valid", async () => {
  const owner = await nftablesOwner(OWNER);
  const second = await nftablesOwner({ ...OWNER, ifname: "net1" });
  const gone = await nftablesOwner({ ...OWNER, containerId: "c2" });
  const foreign = await nftablesOwner({ ...OWNER, network: "n2" });
  const text = listing({
    3: owner.comment,
    4: second.comment,
    5: gone.comment,
    6: foreign.comment,
    7: undefined,
    8: "an operator's own",
  });
  assertEquals(await staleHandles("n1", [OWNER], text), [4, 5]);
  assertEquals(await staleHandles("n1", [], text), [3, 4, 5]);
  assertEquals(await staleHandles("n3", [], text), []);
});

Deno.test("staleHandles() tells owners apart whose comments are cut or alike", async () => {
  const long = ["1", "2"].map((end) => ({
    ...OWNER,
    containerId: "c".repeat(200) + end,
  }));
  const quoted = ['e"0', "e0"].map((ifname) => ({ ...OWNER, ifname }));
  const comments = await Promise.all(
    [...long, ...quoted].map(async (one) => (await nftablesOwner(one)).comment),
  );
  const text = listing({ 3: comments[0], 4: comments[1], 5: comments[2] });
  assertEquals(await staleHandles("n1", [long[0]!], text), [4, 5]);
  assertEquals(await staleHandles("n1", [long[1]!, quoted[0]!], text), [3]);
  const older = listing({ 6: `${PREFIX}, as an older release wrote it` });
  assertEquals(await staleHandles("n1", [OWNER], older), []);
  assertEquals(await staleHandles("n1", [long[0]!], older), [6]);
});
