import { assertEquals } from "@std/assert";
import { listingOf } from "./_testing.ts";
import { parseFilterTable, rulesIn } from "./filter_table.ts";

Deno.test("parseFilterTable() parts comments from rules", () => {
  const table = parseFilterTable(listingOf(
    "-N CNI-A",
    '-A FORWARD -i a ! -o a -m comment --comment "x \\"y\\"" -j CNI-A',
    "-A CNI-A -s 10.0.0.1/32 -m comment --comment plain -j ACCEPT",
    "-A CNI-A -s 64:ff9b::10.0.0.1/128 -j ACCEPT",
    "-A CNI-A -m comment ! --src x",
    "-A INPUT -j CNI-A",
  ));
  assertEquals(
    table.rules.map(({ chain, spec, comment }) => [chain, spec, comment]),
    [
      ["FORWARD", "-i a ! -o a -j CNI-A", 'x "y"'],
      ["CNI-A", "-s 10.0.0.1/32 -j ACCEPT", "plain"],
      ["CNI-A", "-s 64:ff9b::a00:1/128 -j ACCEPT", ""],
      ["CNI-A", "! --src x", ""],
    ],
  );
  assertEquals(rulesIn(table, "CNI-A").length, 3);
  assertEquals(rulesIn(table, "CNI-B"), []);
});
