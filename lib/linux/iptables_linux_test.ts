import { assertEquals, assertRejects } from "@std/assert";
import { CniCode, CniError } from "../spec/mod.ts";
import { fakeRun, missing } from "./_testing.ts";
import type { Output } from "./command.ts";
import { listIptables, restoreIptables } from "./iptables_linux.ts";

const OPTIONS = { family: 6, act: "add rules" } as const;

Deno.test("listIptables() tells a table, or that there can be none", async (t) => {
  const list = (answer: () => Partial<Output>) => {
    const run = fakeRun(answer);
    return listIptables("nat", { ...OPTIONS, run });
  };
  assertEquals(await list(() => ({ stdout: "-N A\n" })), "-N A\n");
  assertEquals(await list(() => missing("ip6tables")), undefined);
  await t.step("the kernel has none", async () => {
    const stderr = "ip6tables: can't initialize ip6tables table `nat'";
    assertEquals(await list(() => ({ status: 3 })), undefined);
    assertEquals(await list(() => ({ status: 1, stderr })), undefined);
  });
  await t.step("it cannot be told", async () => {
    const fails = () => ({ status: 1, stderr: "busy\n" });
    const { code, details } = await assertRejects(() => list(fails), CniError);
    assertEquals([code, details], [CniCode.Internal, "ip6tables: busy"]);
  });
});

Deno.test("restoreIptables() runs one transaction, which waits", async () => {
  const run = fakeRun();
  await restoreIptables("*nat\nCOMMIT\n", { ...OPTIONS, run });
  assertEquals(run.commands, [{
    program: "ip6tables-restore",
    args: ["--noflush", "--wait"],
    stdin: "*nat\nCOMMIT\n",
  }]);
});

Deno.test("restoreIptables() says which rule failed and what would do", async (t) => {
  const script = "*nat\n-A A -j B\nCOMMIT\n";
  const cases: Record<string, readonly [Partial<Output>, number, string]> = {
    "a line of the script": [
      { status: 1, stderr: "ip6tables-restore: line 2 failed: No chain.\n" },
      CniCode.Internal,
      "ip6tables: ip6tables-restore: line 2 failed: No chain.; " +
      "the rule is -A A -j B",
    ],
    "no line that could be named": [
      { status: 1, stderr: "ip6tables-restore: line 3 failed\n" },
      CniCode.Internal,
      "ip6tables: ip6tables-restore: line 3 failed",
    ],
    "a lock": [
      { status: 4, stderr: "Another app is holding the xtables lock.\n" },
      CniCode.TryAgainLater,
      "ip6tables: Another app is holding the xtables lock.; another program " +
      "changes the firewall: try again",
    ],
    "a kernel without": [
      { status: 3, stderr: "" },
      CniCode.Internal,
      "ip6tables: exit status 3; the kernel has no such table: load " +
      "nf_tables or ip6table_nat, or choose another backend",
    ],
    "no right to": [
      { status: 1, stderr: "Permission denied (you must be root)\n" },
      CniCode.Internal,
      "ip6tables: Permission denied (you must be root); it needs the " +
      "capability CAP_NET_ADMIN",
    ],
  };
  for (const [why, [output, code, details]] of Object.entries(cases)) {
    await t.step(why, async () => {
      const run = fakeRun(() => output);
      const error = await assertRejects(
        () => restoreIptables(script, { ...OPTIONS, run }),
        CniError,
        "Cannot add rules",
      );
      assertEquals([error.code, error.details], [code, details]);
    });
  }
});
