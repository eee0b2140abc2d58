import { assertEquals, assertRejects } from "@std/assert";
import { CniCode, CniError } from "../spec/mod.ts";
import { fakeRun, missing } from "../linux/_testing.ts";
import type { Output } from "../linux/mod.ts";
import {
  listIptables,
  restoreIptables,
  updateIptables,
} from "./iptables_linux.ts";

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

Deno.test("updateIptables() decides anew when the table has changed", async (t) => {
  /** Lists these tables one after another; scripts of all but the last fail. */
  const update = async (...tables: readonly string[]) => {
    let at = 0;
    const run = fakeRun(({ program }) =>
      program.endsWith("-restore")
        ? { status: at < tables.length ? 1 : 0 }
        : { stdout: tables[Math.min(at++, tables.length - 1)]! }
    );
    const seen: string[] = [];
    const isThere = await updateIptables("nat", ({ chains }) => {
      const names = [...chains].join();
      seen.push(names);
      return names === "done" ? undefined : "*nat\nCOMMIT\n";
    }, { ...OPTIONS, run });
    return { isThere, seen, count: run.commands.length };
  };
  await t.step("not if all went well", async () => {
    const expected = { isThere: true, seen: ["a"], count: 2 };
    assertEquals(await update("-N a\n"), expected);
  });
  await t.step("if it did not", async () => {
    const expected = { isThere: true, seen: ["a", "b"], count: 4 };
    assertEquals(await update("-N a\n", "-N b\n"), expected);
  });
  await t.step("until there is nothing to do", async () => {
    const expected = { isThere: true, seen: ["a", "done"], count: 3 };
    assertEquals(await update("-N a\n", "-N done\n", ""), expected);
  });
  await t.step("not if nobody has changed it", async () => {
    await assertRejects(() => update("-N a\n", "-N a\n", ""), CniError);
  });
  await t.step("not for ever", async () => {
    const tables = Array.from({ length: 99 }, (_, n) => `-N a${n}\n`);
    await assertRejects(() => update(...tables), CniError);
  });
  await t.step("not where there is no iptables", async () => {
    const run = fakeRun(() => missing("ip6tables"));
    const decide = () => "";
    const options = { ...OPTIONS, run };
    assertEquals(await updateIptables("nat", decide, options), false);
  });
});

Deno.test("updateIptables() tries again where a chain came and went", async (t) => {
  const update = async (stderr: string, failures: number) => {
    let left = failures;
    const run = fakeRun(({ program }) => {
      if (!program.endsWith("-restore")) return { stdout: "-N A\n" };
      return left-- > 0 ? { status: 1, stderr } : {};
    });
    const decide = () => "*nat\n-N B\nCOMMIT\n";
    const done = updateIptables("nat", decide, { ...OPTIONS, run })
      .catch((error) => error.details);
    return [await done, failures - left];
  };
  const stale = "ip6tables-restore: line 2 failed: Chain already exists.\n";
  await t.step("though the table looks as before", async () => {
    assertEquals(await update(stale, 2), [true, 3]);
  });
  await t.step("not for ever", async () => {
    const [details, tries] = await update(stale, 9);
    assertEquals([typeof details, tries], ["string", 3]);
  });
  await t.step("not where the table is not why", async () => {
    const [, tries] = await update("unknown option", 9);
    assertEquals(tries, 1);
  });
});
