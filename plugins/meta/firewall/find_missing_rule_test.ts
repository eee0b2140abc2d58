import { assertEquals } from "@std/assert";
import {
  accepts,
  ADMIN_JUMP,
  JUMP,
  listingOf,
  SHARED,
  STAGE_JUMP,
  wantedWith,
} from "./_testing.ts";
import { findMissingRule } from "./find_missing_rule.ts";
import { isolationRules } from "./rules.ts";

const ALL = [
  ...SHARED,
  ...accepts("10.1.2.3/32").map((line) => `-A ${line}`),
];

Deno.test("findMissingRule() finds each rule that is gone", async (t) => {
  const none = findMissingRule(listingOf(...ALL), wantedWith());
  assertEquals(none, undefined, "the owner's rule does not count");
  const needed = [JUMP, ADMIN_JUMP, ...accepts("10.1.2.3/32")];
  for (const rule of needed) {
    await t.step(rule, () => {
      const rest = ALL.filter((line) => line !== `-A ${rule}`);
      const found = findMissingRule(listingOf(...rest), wantedWith());
      assertEquals(found?.replace(/^-I (\S+) 1/, "-A $1"), `-A ${rule}`);
    });
  }
});

Deno.test("findMissingRule() finds what no longer keeps a bridge apart", async (t) => {
  const isolation = isolationRules("cni0", "isolated");
  const wanted = wantedWith({ isolation });
  const chains = ["CNI-ISOLATION-STAGE-1", "CNI-ISOLATION-STAGE-2"];
  const rules = isolation.map(({ chain, spec }) => `-A ${chain} ${spec}`);
  const lines = [
    ...chains.map((chain) => `-N ${chain}`),
    `-A ${STAGE_JUMP}`,
    ...ALL,
    ...rules,
  ];
  assertEquals(findMissingRule(listingOf(...lines), wanted), undefined);
  for (const rule of rules) {
    await t.step(rule, () => {
      const rest = lines.filter((line) => line !== rule);
      const found = findMissingRule(listingOf(...rest), wanted) ?? "";
      assertEquals(found.split(" ")[1], rule.split(" ")[1]);
    });
  }
  await t.step("the order", () => {
    const jump = `-A ${STAGE_JUMP}`;
    const rest = [...lines.filter((line) => line !== jump), jump];
    const found = findMissingRule(listingOf(...rest), wanted);
    assertEquals(found, jump.replace("-A FORWARD", "-I FORWARD 1"));
  });
});
