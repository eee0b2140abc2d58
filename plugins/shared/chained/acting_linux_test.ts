import { assertEquals, assertRejects } from "@std/assert";
import {
  type Command,
  type IpStep,
  ipStep,
  type Output,
} from "../../../lib/linux/mod.ts";
import { requestWith } from "../testing/mod.ts";
import { acting } from "./acting_linux.ts";

function contextWith(warnings: string[]) {
  return {
    delegate: () => Promise.reject(new Error("nothing is delegated")),
    preload: () => {},
    isForeign: () => false,
    warn: (message: string) => void warnings.push(message),
  };
}

const SILENT = contextWith([]);

Deno.test("acting() undoes what was done when the verb fails, last first", async () => {
  const log: string[] = [];
  const warnings: string[] = [];
  const verb = acting(
    requestWith(),
    contextWith(warnings),
    async (executor) => {
      const { isPlanning, undo, act, warn } = executor;
      assertEquals(isPlanning, false);
      assertEquals(await act([{ purpose: "a" }], () => log.push("a")), 1);
      undo.push(async () => void await log.push("not a"));
      undo.push(() => Promise.reject(new Error("stuck")));
      warn("beware");
      throw new RangeError("no");
    },
  );
  await assertRejects(() => verb, RangeError, "no");
  assertEquals(log, ["a", "not a"]);
  assertEquals(warnings, ["beware", "Cannot undo: Error: stuck"]);
});

Deno.test("acting() leaves what was done when the verb succeeds", async () => {
  const log: string[] = [];
  const value = await acting(requestWith(), SILENT, ({ undo }) => {
    undo.push(async () => void await log.push("undone"));
    return Promise.resolve("done");
  });
  assertEquals([value, log], ["done", []]);
});

Deno.test("acting() works side by side, and waits for all that has begun", async () => {
  const ended: string[] = [];
  const pids = new Set<string>();
  const verb = acting(requestWith(), SILENT, async ({ run, sideBySide }) => {
    const works = sideBySide(["slow", "broken", "worse"]);
    const shellOf = async (ask: typeof run) => {
      // That of the shell itself, also in what it starts.
      const stdin = "echo $$\n";
      return (await ask({ program: "sh", args: ["-s"], stdin })).stdout;
    };
    pids.add(await shellOf(run));
    await works(async (name, runIn) => {
      pids.add(await shellOf(runIn));
      if (name !== "slow") throw new RangeError(name);
      await runIn({ program: "sleep", args: ["0.05"] });
      ended.push(name);
    });
  });
  await assertRejects(() => verb, RangeError, "broken");
  assertEquals(ended, ["slow"]);
  // The first works in the verb's own shell, each other in one of its own.
  assertEquals(pids.size, 3);
});

Deno.test("acting() removes by force, a process for each program", async () => {
  const commands: Command[] = [];
  const run = (command: Command): Promise<Output> => {
    commands.push(command);
    const isTc = command.program === "tc";
    const stderr = isTc
      ? "RTNETLINK answers: Operation not permitted\n"
      : "Cannot find device\n";
    return Promise.resolve({ status: 1, stdout: "", stderr });
  };
  const ip = (name: string): IpStep =>
    ipStep("host", `remove ${name}`, ["link", "del", "dev", name]);
  const qdisc = ["qdisc", "del", "dev", "c", "root"];
  const tc = { ...ipStep("host", "remove c", qdisc), program: "tc" as const };
  const inside = ipStep("sandbox", "remove d", ["rule", "del", "prio", 1]);
  const faults = await acting(
    requestWith(),
    SILENT,
    ({ remove }) => remove([ip("a"), tc, ip("b"), inside], run),
  );
  assertEquals(faults, "Operation not permitted");
  const args = ["-force", "-batch", "-"];
  assertEquals(commands, [
    { program: "ip", args, stdin: "link del dev a\nlink del dev b\n" },
    { program: "tc", args, stdin: `${qdisc.join(" ")}\n` },
    {
      program: "ip",
      args,
      stdin: "rule del prio 1\n",
      netns: "/run/netns/c1",
    },
  ]);
});
