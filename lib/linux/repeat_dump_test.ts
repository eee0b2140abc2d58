import { assertEquals } from "@std/assert";
import { fakeRun } from "./_testing.ts";
import { removalFaults } from "./apply_linux.ts";
import type { Command } from "./command.ts";
import { repeatDump } from "./repeat_dump.ts";

const REMARK = "Dump was interrupted and may be inconsistent.\n";

/** How often a command is run whose list is interrupted the first times. */
async function countOf(command: Command, interruptions: number) {
  let left = interruptions;
  const run = fakeRun(() => ({ stderr: left-- > 0 ? REMARK : "" }));
  await repeatDump(command, run);
  return run.commands.length;
}

Deno.test("repeatDump() repeats what only reads, within reason", async (t) => {
  const ip = (...args: readonly string[]) => ({ program: "ip", args });
  const batch = (stdin: string) => ({ ...ip("-batch", "-"), stdin });
  const script = { program: "sh", args: ["-s"], stdin: "ip link show\n" };
  const cases: Record<string, readonly [Command, number, number]> = {
    "not interrupted": [ip("-j", "link", "show"), 0, 1],
    "a list": [ip("-j", "link", "show"), 2, 3],
    "of tc": [{ program: "tc", args: ["qdisc", "show"] }, 1, 2],
    "a batch of lists": [batch("rule show\nroute show table all\n"), 1, 2],
    "a batch that changes something": [
      batch("link add a type dummy\nlink show dev a\n"),
      1,
      1,
    ],
    "a change": [ip("link", "del", "dev", "a"), 1, 1],
    "a script that may change something": [script, 1, 1],
    "a script that reads": [{ ...script, isReading: true }, 1, 2],
    "for ever": [ip("addr", "show"), Infinity, 10],
  };
  for (const [why, [command, interruptions, count]] of Object.entries(cases)) {
    await t.step(why, async () => {
      assertEquals(await countOf(command, interruptions), count);
    });
  }
});

Deno.test("removalFaults() goes by the exit status", async (t) => {
  const gone = 'Cannot find device "a"\nCommand failed -:1\n';
  const busy = "RTNETLINK answers: Device or resource busy\n";
  const cases: Record<string, readonly [number, string, string]> = {
    "a remark": [0, REMARK, ""],
    "a warning": [0, "Warning: something is deprecated.\n", ""],
    "what is gone": [1, gone, ""],
    "what is gone, and a remark": [1, REMARK + gone, ""],
    "what is gone, and a warning": [1, `Warning: old.\n${gone}`, ""],
    "a failure": [1, gone + busy, "Device or resource busy"],
    "a failure without a word": [2, "", "exit status 2"],
    "a failure with a remark": [2, REMARK, "exit status 2"],
  };
  for (const [why, [status, stderr, faults]] of Object.entries(cases)) {
    await t.step(why, () => {
      assertEquals(removalFaults({ status, stdout: "", stderr }), faults);
    });
  }
});
