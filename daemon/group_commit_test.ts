import { assertEquals, assertRejects } from "@std/assert";
import type { Command, Output } from "../lib/linux/mod.ts";
import { GroupCommit } from "./group_commit.ts";
import { joinIptables, joinNft } from "./join_scripts.ts";

/** A firewall that takes a while, and refuses scripts with "bad" in them. */
function fakeFirewall() {
  const scripts: string[] = [];
  const run = async ({ stdin = "" }: Command): Promise<Output> => {
    scripts.push(stdin);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const isBad = stdin.includes("bad");
    return { status: isBad ? 1 : 0, stdout: "", stderr: isBad ? "bad" : "" };
  };
  return { scripts, run };
}

function restore(line: string, program = "iptables-restore"): Command {
  return { program, args: ["--noflush"], stdin: `*nat\n${line}\nCOMMIT\n` };
}

Deno.test("GroupCommit joins what comes while one is under way", async () => {
  const { scripts, run } = fakeFirewall();
  const { commit } = new GroupCommit();
  const lines = Array.from({ length: 50 }, (_, index) => `-A C${index}`);
  const outputs = await Promise.all(
    lines.map((line) => commit(restore(line), run)),
  );
  assertEquals(outputs.every(({ status }) => status === 0), true);
  assertEquals(scripts, [
    `*nat\n${lines[0]}\nCOMMIT\n`,
    `*nat\n${lines.slice(1).join("\n")}\nCOMMIT\n`,
  ]);
});

Deno.test("GroupCommit lets only the guilty one fail", async () => {
  const { scripts, run } = fakeFirewall();
  const { commit } = new GroupCommit();
  const lines = ["-A a", "-A b", "-A bad", "-A d", "-A e"];
  const outputs = await Promise.all(
    lines.map((line) => commit(restore(line), run)),
  );
  assertEquals(outputs.map(({ status }) => status), [0, 0, 1, 0, 0]);
  // What was done has been done once: no line is in two that succeeded.
  const done = scripts.filter((script) => !script.includes("bad")).join("");
  for (const line of ["-A a", "-A b", "-A d", "-A e"]) {
    assertEquals(done.split(line).length, 2, line);
  }
});

Deno.test("GroupCommit keeps programs apart, and passes errors on", async () => {
  const { scripts, run } = fakeFirewall();
  const { commit } = new GroupCommit();
  await Promise.all([
    commit(restore("-A four"), run),
    commit(restore("-A six", "ip6tables-restore"), run),
    assertRejects(() =>
      commit(
        restore("-A x", "other-restore"),
        () => Promise.reject(new Error("missing")),
      ), Error),
  ]);
  assertEquals(scripts.length, 2);
});

Deno.test("joinIptables() makes one section of each table", () => {
  assertEquals(
    joinIptables([
      "*nat\n:A - [0:0]\n-A A\nCOMMIT\n*filter\n-A F\nCOMMIT\n",
      "*filter\n-A G\nCOMMIT\n",
    ]),
    "*nat\n:A - [0:0]\n-A A\nCOMMIT\n*filter\n-A F\n-A G\nCOMMIT\n",
  );
});

Deno.test("joinNft() joins scripts of either form", () => {
  assertEquals(joinNft(["add a", "add b"]), "add a\nadd b");
  assertEquals(
    joinNft(['{"nftables":[{"a":1}]}', '{"nftables":[{"b":2}]}']),
    '{"nftables":[{"a":1},{"b":2}]}',
  );
});

Deno.test("GroupCommit waits a moment for the calls of a crowd", async (t) => {
  const crowdOf = (running: number, isCrowded: boolean) => {
    const lent = { now: 0, most: 0 };
    const lend = () => {
      lent.most = Math.max(lent.most, ++lent.now);
      return { [Symbol.dispose]: () => void lent.now-- };
    };
    return { lent, crowd: { running, isCrowded, lend } };
  };
  /** Two transactions, one 30 ms after the other; how many were done jointly. */
  const scriptsOf = async ({ crowd }: ReturnType<typeof crowdOf>) => {
    const { scripts, run } = fakeFirewall();
    const { commit } = new GroupCommit(crowd);
    const first = commit(restore("-A a"), run);
    await new Promise((resolve) => setTimeout(resolve, 30));
    await Promise.all([first, commit(restore("-A b"), run)]);
    return scripts.length;
  };
  await t.step("until all have come that run", async () => {
    const crowd = crowdOf(2, true);
    assertEquals(await scriptsOf(crowd), 1);
    assertEquals(crowd.lent, { now: 0, most: 2 });
  });
  await t.step("not where those that run are all", async () => {
    assertEquals(await scriptsOf(crowdOf(1, true)), 2);
  });
  await t.step("not without a crowd", async () => {
    assertEquals(await scriptsOf(crowdOf(2, false)), 2);
  });
  await t.step("not for ever", async () => {
    const start = performance.now();
    assertEquals(await scriptsOf(crowdOf(9, true)), 1);
    assertEquals(performance.now() - start < 5000, true);
  });
});
