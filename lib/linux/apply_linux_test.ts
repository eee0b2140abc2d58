import { assertEquals, assertRejects } from "@std/assert";
import { CniCode, CniError } from "../spec/mod.ts";
import { type FakeRun, fakeRun } from "./_testing.ts";
import { applySteps, parseShown } from "./apply_linux.ts";
import type { Output } from "./command.ts";
import { type IpStep, ipStep, type Place, sysctlStep } from "./step.ts";
import { UndoStack } from "./undo.ts";

const NETNS = "/run/netns/a";

/** A step that adds a link, and its undo. */
function add(name: string, place: Place = "host"): IpStep {
  return {
    ...ipStep(place, `add ${name}`, ["link", "add", "name", name]),
    undo: ["link", "del", "dev", name],
  };
}

/** A step that has nothing to undo. */
function up(name: string, place: Place = "host"): IpStep {
  return ipStep(place, `set ${name} up`, ["link", "set", "dev", name, "up"]);
}

/** A run whose command number `index` ends so, and all others well. */
function failingAt(index: number, output: Partial<Output>): FakeRun {
  let count = 0;
  return fakeRun(() => count++ === index ? output : {});
}

/** The error that applying `steps` ends with, and what its undo runs. */
async function failureOf(steps: readonly IpStep[], run: FakeRun) {
  const undo = new UndoStack();
  const act = () => applySteps(steps, { netns: NETNS, run, undo });
  const error = await assertRejects(act, CniError);
  const done = run.commands.length;
  assertEquals(await undo.unwind(), []);
  return { error, undone: run.commands.slice(done) };
}

const UNDO = ["-force", "-batch", "-"];

Deno.test("applySteps() runs one command for each batch", async () => {
  const run = fakeRun();
  const undo = new UndoStack();
  const steps = [
    add("a"),
    up("a"),
    { ...add("b"), mayExist: true },
    add("c", "sandbox"),
  ];
  const shown = await applySteps(steps, { netns: NETNS, run, undo });
  const batch = ["-j", "-batch", "-"];
  assertEquals(run.commands, [
    {
      program: "ip",
      args: batch,
      stdin: "link add name a\nlink set dev a up\n",
    },
    { program: "ip", args: batch, stdin: "link add name b\n" },
    {
      program: "ip",
      args: batch,
      netns: NETNS,
      stdin: "link add name c\n",
    },
  ]);
  assertEquals(shown, []);
});

Deno.test("applySteps() runs nothing for no steps", async () => {
  const run = fakeRun();
  const undo = new UndoStack();
  assertEquals(await applySteps([], { netns: NETNS, run, undo }), []);
  assertEquals(run.commands, []);
});

Deno.test("applySteps() undoes what was done, last first", async () => {
  const run = fakeRun();
  const undo = new UndoStack();
  const steps = [add("a"), up("a"), add("b"), add("c", "sandbox"), add("d")];
  await applySteps(steps, { netns: NETNS, run, undo });
  const done = run.commands.length;
  assertEquals(await undo.unwind(), []);
  assertEquals(run.commands.slice(done), [
    { program: "ip", args: UNDO, stdin: "link del dev d\n" },
    {
      program: "ip",
      args: UNDO,
      netns: NETNS,
      stdin: "link del dev c\n",
    },
    {
      program: "ip",
      args: UNDO,
      stdin: "link del dev b\nlink del dev a\n",
    },
  ]);
});

Deno.test("applySteps() undoes a step in the place that it names", async () => {
  const run = fakeRun();
  const undo = new UndoStack();
  const moved: IpStep = { ...add("a"), undoPlace: "sandbox" };
  await applySteps([add("b"), moved], { netns: NETNS, run, undo });
  assertEquals(await undo.unwind(), []);
  assertEquals(run.commands.slice(1), [
    {
      program: "ip",
      args: UNDO,
      netns: NETNS,
      stdin: "link del dev a\n",
    },
    { program: "ip", args: UNDO, stdin: "link del dev b\n" },
  ]);
});

Deno.test("applySteps() has tc take back what tc has done", async () => {
  const run = fakeRun();
  const undo = new UndoStack();
  const shape: IpStep = {
    ...ipStep("host", "shape a", ["qdisc", "add", "dev", "a", "root", "tbf"]),
    program: "tc",
    undo: ["qdisc", "del", "dev", "a", "root"],
  };
  await applySteps([add("a"), shape], { netns: NETNS, run, undo });
  const done = run.commands.length;
  assertEquals(done, 1);
  assertEquals(await undo.unwind(), []);
  assertEquals(run.commands.slice(done), [
    { program: "tc", args: UNDO, stdin: "qdisc del dev a root\n" },
    { program: "ip", args: UNDO, stdin: "link del dev a\n" },
  ]);
});

Deno.test("applySteps() has ip told the family where it must be", async () => {
  const run = fakeRun();
  const undo = new UndoStack();
  const rule: IpStep = {
    ...ipStep("host", "add a rule", ["rule", "add", "from", "::1"]),
    program: "ip -6",
    undo: ["rule", "del", "from", "::1"],
  };
  await applySteps([add("a"), rule], { netns: NETNS, run, undo });
  const stdin = run.commands[0]?.stdin ?? "";
  const line = "ip -6 -j -batch - <<';' || exit 1\nrule add from ::1\n;\n";
  assertEquals(stdin.endsWith(line), true, stdin);
  assertEquals(await undo.unwind(), []);
  assertEquals(run.commands.slice(1), [
    { program: "ip", args: ["-6", ...UNDO], stdin: "rule del from ::1\n" },
    { program: "ip", args: UNDO, stdin: "link del dev a\n" },
  ]);
});

Deno.test("applySteps() returns what was shown, in order", async () => {
  let count = 0;
  const run = fakeRun(() => ({ stdout: `[{"a":${count++}}]\n[]\n` }));
  const undo = new UndoStack();
  const steps = [up("a"), up("b", "sandbox")];
  const shown = await applySteps(steps, { netns: NETNS, run, undo });
  assertEquals(shown, [[{ a: 0 }], [], [{ a: 1 }], []]);
});

Deno.test("applySteps() undoes exactly the steps before the one that failed", async (t) => {
  const steps = [add("a"), up("a"), add("b"), add("c"), up("c")];
  const undone = [
    "",
    "link del dev a\n",
    "link del dev a\n",
    "link del dev b\nlink del dev a\n",
    "link del dev c\nlink del dev b\nlink del dev a\n",
  ];
  for (const [index, step] of steps.entries()) {
    await t.step(step.purpose, async () => {
      const stderr = "RTNETLINK answers: Operation not permitted\n" +
        `Command failed -:${index + 1}\n`;
      const run = failingAt(0, { status: 1, stderr });
      const failure = await failureOf(steps, run);
      assertEquals(failure.error.code, CniCode.Internal);
      assertEquals(
        failure.error.toString(),
        `Cannot ${step.purpose}; Operation not permitted`,
      );
      assertEquals(
        failure.undone,
        undone[index] === ""
          ? []
          : [{ program: "ip", args: UNDO, stdin: undone[index]! }],
      );
    });
  }
});

Deno.test("applySteps() does nothing after a batch that failed", async () => {
  const stderr = "RTNETLINK answers: File exists\nCommand failed -:2\n";
  const run = failingAt(1, { status: 1, stderr });
  const steps = [
    add("a"),
    add("b", "sandbox"),
    add("c", "sandbox"),
    add("d"),
  ];
  const { error, undone } = await failureOf(steps, run);
  assertEquals(error.toString(), "Cannot add c; File exists");
  assertEquals(undone.map((command) => command.stdin), [
    "link del dev b\n",
    "link del dev a\n",
  ]);
});

Deno.test("applySteps() undoes what was done before ip ended without a line", async () => {
  const stderr = 'Error: argument "br0" is wrong: Device does not exist\n\n';
  const run = failingAt(0, { status: 255, stderr });
  const words = ["link", "set", "dev", "a", "master", "br0"];
  const steps = [add("a"), ipStep("host", "attach a", words), add("b")];
  const { error, undone } = await failureOf(steps, run);
  assertEquals(
    error.toString(),
    'Cannot attach a; argument "br0" is wrong: Device does not exist',
  );
  assertEquals(undone, [
    { program: "ip", args: UNDO, stdin: "link del dev a\n" },
  ]);
});

Deno.test("applySteps() undoes nothing of a batch that never began", async () => {
  const stderr = `nsenter: cannot open ${NETNS}: No such file or directory\n`;
  const run = failingAt(0, { status: 1, stderr });
  const { error, undone } = await failureOf([add("a", "sandbox")], run);
  assertEquals(
    error.toString(),
    "Cannot enter the container's network namespace; " + stderr.trim(),
  );
  assertEquals(undone, []);
});

Deno.test("applySteps() tells the status of a command that says nothing", async () => {
  const run = failingAt(0, { status: 137 });
  const { error } = await failureOf([add("a")], run);
  assertEquals(
    error.toString(),
    "Cannot change links in the host; exit status 137",
  );
});

Deno.test("applySteps() names a parameter that cannot be written", async () => {
  const stderr = "@0\n@1\nsh: 3: cannot create /proc/sys/net/a: " +
    "Read-only file system\n";
  const run = failingAt(0, { status: 1, stderr });
  const undo = new UndoStack();
  const steps = [add("a"), sysctlStep("host", "net/a", "1"), add("b")];
  const error = await assertRejects(
    () => applySteps(steps, { netns: NETNS, run, undo }),
    CniError,
  );
  assertEquals(error.message, "Cannot set the kernel parameter net/a to 1");
  await undo.unwind();
  assertEquals(run.commands[1]?.stdin, "link del dev a\n");
});

Deno.test("applySteps() forgives a step whose object may exist, and never undoes it", async (t) => {
  const reasons = [
    "RTNETLINK answers: File exists",
    "Error: ipv4: Address already assigned.",
    "Error: ipv6: address already assigned.",
  ];
  for (const reason of reasons) {
    await t.step(reason, async () => {
      const stderr = `${reason}\nCommand failed -:1\n`;
      const run = failingAt(0, { status: 1, stderr });
      const undo = new UndoStack();
      const steps = [{ ...add("a"), mayExist: true }, add("b")];
      await applySteps(steps, { netns: NETNS, run, undo });
      await undo.unwind();
      assertEquals(run.commands.map((command) => command.stdin), [
        "link add name a\n",
        "link add name b\n",
        "link del dev b\n",
      ]);
    });
  }
});

Deno.test("applySteps() does not forgive other failures of such a step", async () => {
  const stderr = "RTNETLINK answers: Operation not permitted\n" +
    "Command failed -:1\n";
  const run = failingAt(0, { status: 1, stderr });
  const { error } = await failureOf([{ ...add("a"), mayExist: true }], run);
  assertEquals(error.toString(), "Cannot add a; Operation not permitted");
});

Deno.test("applySteps() does not forgive a step whose object may not exist", async () => {
  const stderr = "RTNETLINK answers: File exists\nCommand failed -:1\n";
  const run = failingAt(0, { status: 2, stderr });
  const { error } = await failureOf([add("a")], run);
  assertEquals(error.toString(), "Cannot add a; File exists");
});

Deno.test("applySteps() minds faults of its undo, unless all is gone already", async () => {
  const gone = 'Cannot find device "b"\nCommand failed -:1\n' +
    "RTNETLINK answers: No such process\nCommand failed -:2\n" +
    "RTNETLINK answers: Cannot assign requested address\n" +
    "Command failed -:3\nError: ipv4: Address not found.\n" +
    "Command failed -:4\nError: ipv6: address not found.\n" +
    "Command failed -:5\nError: FIB table does not exist.\n";
  const busy = "RTNETLINK answers: Device or resource busy\n";
  const faults: unknown[] = [];
  for (const stderr of [gone, gone + busy]) {
    const run = failingAt(1, { status: 1, stderr });
    const undo = new UndoStack();
    await applySteps([add("a")], { netns: NETNS, run, undo });
    faults.push(...await undo.unwind());
  }
  assertEquals(faults.map(String), ["Error: Device or resource busy"]);
});

Deno.test("applySteps() refuses unsafe words before it runs anything", async () => {
  const run = fakeRun();
  const undo = new UndoStack();
  const act = () => applySteps([add("a\nb")], { netns: NETNS, run, undo });
  const error = await assertRejects(act, CniError);
  assertEquals([error.code, run.commands], [CniCode.InvalidConfig, []]);
});

Deno.test("parseShown() reads a value from each line", () => {
  assertEquals(parseShown(""), []);
  assertEquals(parseShown('[{"a":1}]\n\n[]\n'), [[{ a: 1 }], []]);
});
