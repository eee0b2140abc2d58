import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { namespaceTest } from "./_testing.ts";
import { type Command, ProgramMissingError, runCommand } from "./command.ts";
import { Shell } from "./shell_linux.ts";
import { Shells } from "./shells_linux.ts";

const isLinux = Deno.build.os === "linux";

/** Registers a test that runs programs which every Linux has. */
function linuxTest(
  title: string,
  fn: (t: Deno.TestContext) => Promise<void>,
): void {
  const name = isLinux ? title : `${title} [skipped: needs Linux]`;
  Deno.test({ name, ignore: !isLinux, fn });
}

linuxTest("Shell.run() does what runCommand() does", async (t) => {
  const cases: Record<string, Command> = {
    "nothing": { program: "true", args: [] },
    "status": { program: "sh", args: ["-c", "exit 7"] },
    "both outputs": {
      program: "sh",
      args: ["-c", "echo out; echo err >&2; exit 3"],
    },
    "output without a newline last": { program: "printf", args: ["a\nb"] },
    "words with a meaning of their own": {
      program: "printf",
      args: [
        "%s|",
        "a b",
        "$HOME",
        "*",
        "",
        "日",
        "it's",
        "`id`",
        "\\n",
        "a\nb",
      ],
    },
    "words that look like options": { program: "echo", args: ["-n", "--"] },
    "stdin": { program: "cat", args: [], stdin: "a\n$HOME `id` \\x\nb\n" },
    "no stdin": { program: "cat", args: [] },
    "empty stdin": { program: "cat", args: [], stdin: "" },
    "large stdin and output": {
      program: "cat",
      args: [],
      stdin: "日\n".repeat(100_000),
    },
    "large stdin that is not read": {
      program: "true",
      args: [],
      stdin: "x\n".repeat(200_000),
    },
    "script": {
      program: "sh",
      args: ["-s"],
      stdin: "a=1\ncat <<'END' || exit 1\nx $a\nEND\necho $a >&2\nexit 5\n",
    },
    "script that reads": {
      program: "sh",
      args: ["-s"],
      stdin: "read -r line || echo nothing to read\n",
    },
    "signal": { program: "sh", args: ["-c", "kill -9 $$"] },
  };
  await using shell = new Shell();
  for (const [why, command] of Object.entries(cases)) {
    await t.step(why, async () => {
      const output = await shell.run(command);
      // A shell may tell of a signal, too.
      if (why === "signal") return assertEquals(output.status, 137);
      const expected = await runCommand(command);
      assertEquals(output.status, expected.status);
      assertEquals(output.stdout === expected.stdout, true);
      assertEquals(output.stderr, expected.stderr);
    });
  }
});

linuxTest("Shell.run() runs commands in order, each to its end", async () => {
  await using shell = new Shell();
  const outputs = await Promise.all(
    ["sleep 0.05; echo a", "echo b", "exit 4", "echo c"].map((text) =>
      shell.run({ program: "sh", args: ["-c", text] })
    ),
  );
  assertEquals(
    outputs.map(({ status, stdout }) => [status, stdout]),
    [[0, "a\n"], [0, "b\n"], [4, ""], [0, "c\n"]],
  );
});

linuxTest("Shell.run() goes on after a program that is not there", async () => {
  await using shell = new Shell();
  const missing = { program: "no-such-program", args: [] };
  const error = await assertRejects(
    () => shell.run(missing),
    ProgramMissingError,
  );
  assertEquals(error.program, "no-such-program");
  const { stdout } = await shell.run({ program: "echo", args: ["a"] });
  assertEquals(stdout, "a\n");
});

linuxTest(
  "Shell.run() fails alike for every command where it cannot enter",
  async () => {
    await using shell = new Shell("/run/netns/unit-no-such-namespace");
    const command = { program: "echo", args: ["a"] };
    const outputs = await Promise.all([shell.run(command), shell.run(command)]);
    for (const { status, stdout } of outputs) {
      assertEquals([status === 0, stdout], [false, ""]);
    }
    const [{ stderr }] = outputs;
    assertEquals(/cannot open .*unit-no-such-namespace/.test(stderr), true);
  },
);

linuxTest("Shell.run() tells by which signal the shell ended", async () => {
  await using shell = new Shell();
  const killShell = { program: "sh", args: ["-c", "kill -9 $PPID"] };
  const outputs = [
    await shell.run(killShell),
    await shell.run({ program: "echo", args: ["a"] }),
  ];
  const killed = { status: 128 + 9, stdout: "", stderr: "" };
  assertEquals(outputs, [killed, killed]);
});

linuxTest("Shells keeps a shell for the next command", async () => {
  await using shells = new Shells();
  const tellShell = { program: "sh", args: ["-c", "echo $PPID"] };
  const pidOf = async (run: typeof shells.run) => (await run(tellShell)).stdout;
  const first = await pidOf(shells.run);
  assertEquals(await pidOf(shells.run), first);
  assertNotEquals(await pidOf(shells.open()), first);
});

linuxTest("Shells ends all of its shells", async () => {
  const tellShell = { program: "sh", args: ["-c", "echo $PPID"] };
  const pids: string[] = [];
  {
    await using shells = new Shells();
    for (const run of [shells.run, shells.open()]) {
      pids.push((await run(tellShell)).stdout.trim());
    }
    assertEquals(pids.map(isThere), [true, true]);
  }
  assertEquals(pids.map(isThere), [false, false]);
});

/** Whether a process is there, be it a zombie. */
function isThere(pid: string): boolean {
  try {
    return Deno.statSync(`/proc/${pid}`).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

linuxTest("Shells has nothing to end where nothing was run", async () => {
  await using _shells = new Shells();
  await Promise.resolve();
});

namespaceTest(
  "Shells runs each command in its own namespace",
  async ({ netns, run }) => {
    const words = "link add name qbr type bridge".split(" ");
    await run({ program: "ip", args: words });
    await using shells = new Shells();
    const show = { program: "ip", args: ["-o", "link", "show", "dev", "qbr"] };
    const [outside, inside, again] = await Promise.all([
      shells.run(show),
      shells.run({ ...show, netns }),
      shells.run({ ...show, netns }),
    ]);
    assertEquals(
      [outside.status, inside.status, again.status],
      [1, 0, 0],
    );
  },
);
