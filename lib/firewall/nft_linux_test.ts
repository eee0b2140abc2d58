import { assertEquals, assertRejects } from "@std/assert";
import { CniCode, CniError } from "../spec/mod.ts";
import { fakeRun } from "../linux/_testing.ts";
import { transactNft } from "./nft_linux.ts";

Deno.test("transactNft() runs one transaction, in either language", async () => {
  const run = fakeRun();
  await transactNft("add table ip t\n", { run, act: "add rules" });
  await transactNft('{"nftables":[]}', { run, act: "add rules" });
  assertEquals(run.commands, [
    { program: "nft", args: ["-f", "-"], stdin: "add table ip t\n" },
    { program: "nft", args: ["-j", "-f", "-"], stdin: '{"nftables":[]}' },
  ]);
});

Deno.test("transactNft() says why it failed and what would do", async (t) => {
  const cases: Record<string, readonly [string, string]> = {
    "any reason": ["Error: no such chain\n", "nft: no such chain"],
    "none": ["", "nft: exit status 1"],
    "no right to": [
      "Operation not permitted (you must be root)\n",
      "nft: Operation not permitted (you must be root); it needs the " +
      "capability CAP_NET_ADMIN",
    ],
    "a kernel without": [
      "netlink: Error: cache initialization failed: Invalid argument\n",
      "nft: netlink: Error: cache initialization failed: Invalid argument; " +
      "the kernel has no nf_tables: load it, or choose another backend",
    ],
  };
  for (const [why, [stderr, details]] of Object.entries(cases)) {
    await t.step(why, async () => {
      const run = fakeRun(() => ({ status: 1, stderr }));
      const error = await assertRejects(
        () => transactNft("x", { run, act: "add rules" }),
        CniError,
        "Cannot add rules",
      );
      assertEquals([error.code, error.details], [CniCode.Internal, details]);
    });
  }
});
