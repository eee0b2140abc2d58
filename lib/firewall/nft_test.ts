import { assertEquals, assertThrows } from "@std/assert";
import { nftDeletions, parseNftRules, quoteNft } from "./nft.ts";

Deno.test("parseNftRules() tells the rules of a listing", () => {
  const expr = [{ jump: { target: "d" } }];
  const nftables = [
    { metainfo: { version: "1.0.6" } },
    { chain: { family: "ip", table: "t", name: "c", handle: 1 } },
    { rule: { family: "ip", chain: "c", handle: 2, comment: "a", expr } },
    { rule: { family: "ip", chain: "c", handle: 3, expr } },
  ];
  const rules = parseNftRules(JSON.stringify({ nftables }));
  assertEquals(
    rules.map(({ chain, handle, comment }) => [chain, handle, comment]),
    [["c", 2, "a"], ["c", 3, ""]],
  );
  assertEquals(rules[0]!.expr, expr);
});

Deno.test("quoteNft() refuses what nft would read otherwise", () => {
  assertEquals(quoteNft("a b"), '"a b"');
  for (const text of ['a"b', "a\nb", "a\u0000b"]) {
    assertThrows(() => quoteNft(text), TypeError);
  }
});

Deno.test("nftDeletions() deletes by handle", () => {
  const rules = [{ chain: "c", handle: 2 }, { chain: "d", handle: 3 }];
  assertEquals(nftDeletions("ip t", rules), [
    "delete rule ip t c handle 2",
    "delete rule ip t d handle 3",
  ]);
});

Deno.test("parseNftRules() leaves nothing undefined that a rule lacks", () => {
  assertEquals(parseNftRules('{"nftables":[{"rule":{}}]}'), [
    { chain: "", handle: 0, comment: "", expr: [] },
  ]);
});
