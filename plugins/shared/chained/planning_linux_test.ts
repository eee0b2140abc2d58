import { assertEquals, assertRejects } from "@std/assert";
import { ipStep, sysctlStep } from "../../../lib/linux/mod.ts";
import { requestWith } from "../testing/mod.ts";
import { planning } from "./planning_linux.ts";

const TRANSACTION = {
  program: "iptables-restore",
  args: ["--noflush"],
  stdin: "*filter\n-N PLANNED\nCOMMIT\n",
};

Deno.test("planning() notes in order what a verb does, warnings first", async () => {
  const done: string[] = [];
  const result = { ips: [{ address: "10.0.0.2/24" }] };
  const plan = await planning(requestWith(), async (executor) => {
    const { isPlanning, apply, remove, act, warn } = executor;
    assertEquals(isPlanning, true);
    await apply([sysctlStep("sandbox", "net/a", "1")]);
    const removal = ipStep("host", "remove a", ["link", "del", "dev", "a"]);
    assertEquals(await remove([removal]), "");
    const value = await act([{ purpose: "save b" }], () => done.push("b"));
    assertEquals(value, undefined);
    warn("c is full");
    assertEquals((await executor.run(TRANSACTION)).status, 0);
    return result;
  });
  assertEquals(done, []);
  assertEquals(plan, {
    acts: [
      { purpose: "warn: c is full" },
      {
        purpose: "set the kernel parameter net/a to 1",
        command: "nsenter --net=/run/netns/c1 sysctl -w net/a=1",
      },
      { purpose: "remove a", command: "ip link del dev a" },
      { purpose: "save b" },
      {
        purpose: "change the firewall",
        command: "iptables -t filter -N PLANNED",
      },
    ],
    result,
  });
});

Deno.test("planning() does work one after another, and runs what reads", async () => {
  const ended: string[] = [];
  const plan = await planning(requestWith(), async ({ sideBySide }) => {
    const works = sideBySide(["slow", "quick"], "let it pass");
    const texts = await works(async (name, run) => {
      const args = [name];
      const { stdout } = await run({ program: "echo", args });
      if (name === "slow") await run(TRANSACTION);
      ended.push(name);
      return stdout.trim();
    });
    assertEquals(texts, ["slow", "quick"]);
  });
  assertEquals(ended, ["slow", "quick"]);
  assertEquals(plan, {
    acts: [
      { purpose: "let it pass", command: "iptables -t filter -N PLANNED" },
    ],
  });
});

Deno.test("planning() throws what the verb does", async () => {
  const failing = () => Promise.reject(new RangeError("no"));
  await assertRejects(() => planning(requestWith(), failing), RangeError, "no");
});
