import { assertEquals } from "@std/assert";
import { fakeRun } from "./_testing.ts";
import type { Command, Output } from "./command.ts";
import {
  exactNameTest,
  indexNamesIn,
  isIndexName,
  namesGivenIn,
  runByNames,
} from "./exact_names.ts";

Deno.test("isIndexName() finds what iproute2 may take for a number", () => {
  const names = ["if2", "if2x", "if+2", "if-2", "if", "ifb0", "xif2", "eth0"];
  assertEquals(names.filter(isIndexName), ["if2", "if2x", "if+2", "if-2"]);
});

Deno.test("indexNamesIn() finds names that must be those of links", async (t) => {
  const cases: Record<string, readonly [string, readonly string[]]> = {
    "a device": ["link set dev if2 up", ["if2"]],
    "a master": ["link set dev v0 master if2", ["if2"]],
    "what it is on": ["link add link if2 name m0 type macvlan", ["if2"]],
    "a name that is given": ["link add name if2 type dummy", []],
    "another name": ["link set dev eth0 up", []],
    "a route's": ["route add 10.0.0.0/8 dev if3 scope link", ["if3"]],
  };
  for (const [why, [line, names]] of Object.entries(cases)) {
    await t.step(why, () => {
      assertEquals(indexNamesIn(line.split(" ")), names);
    });
  }
});

Deno.test("namesGivenIn() passes over links that leave", () => {
  const lines = [
    "link add name a type veth peer name b",
    "link set dev a name c netns /run/netns/x",
  ];
  const names = lines.map((line) => namesGivenIn(line.split(" ")));
  assertEquals(names, [["a", "b"], []]);
});

Deno.test("exactNameTest() tests what may be mistaken alone", () => {
  assertEquals(exactNameTest("eth0"), "");
  assertEquals(exactNameTest("if2").includes("show dev 'if2'"), true);
});

/** A host that has `lo`, `other` of index 2 and `if9`. */
const LINKS = JSON.stringify([
  { ifname: "lo" },
  { ifname: "other", altnames: ["if8"] },
  { ifname: "if9" },
]);

async function outcomeOf(command: Command) {
  const run = fakeRun(({ args }) =>
    args.join(" ") === "-j link show" ? { stdout: LINKS } : { stdout: "done" }
  );
  const output = await runByNames(command, run);
  return { output, commands: run.commands };
}

const DONE: Output = { status: 0, stdout: "done", stderr: "" };
const LIST = { program: "ip", args: ["-j", "link", "show"] };

Deno.test("runByNames() looks at the links only where a name may be mistaken", async (t) => {
  const ip = (...args: readonly string[]) => ({ program: "ip", args });
  const batch = (stdin: string, ...args: readonly string[]) => ({
    ...ip(...args, "-batch", "-"),
    stdin,
  });
  const passed: Record<string, Command> = {
    "another name": ip("link", "del", "dev", "eth0"),
    "a name that is given": ip("link", "add", "name", "if2"),
    "a script": { program: "sh", args: ["-s"], stdin: "ip link del dev if2" },
    "another program": { program: "nft", args: ["dev", "if2"] },
  };
  for (const [why, command] of Object.entries(passed)) {
    await t.step(why, async () => {
      const { output, commands } = await outcomeOf(command);
      assertEquals([output, commands], [DONE, [command]]);
    });
  }
  const found: Record<string, Command> = {
    "the name of a link": ip("link", "del", "dev", "if9"),
    "an alternative name": ip("addr", "show", "dev", "if8"),
    "one that the batch makes": batch(
      "link add name if5 type dummy\nlink set dev if5 up\n",
    ),
  };
  for (const [why, command] of Object.entries(found)) {
    await t.step(why, async () => {
      const { output, commands } = await outcomeOf(command);
      assertEquals([output, commands], [DONE, [LIST, command]]);
    });
  }
});

Deno.test("runByNames() says of a name that is not there what ip says of others", async (t) => {
  const program = "ip";
  const gone = 'Cannot find device "if2"\n';
  const first = "link add name v0 type dummy\n";
  const lines = `${first}link set dev v0 master if2\nlink set dev v0 up\n`;
  const cases: Record<
    string,
    readonly [Command, Output, readonly Command[]]
  > = {
    "a change": [
      { program, args: ["link", "del", "dev", "if2"] },
      { status: 1, stdout: "", stderr: gone },
      [],
    ],
    "a question": [
      { program, args: ["addr", "show", "dev", "if2"] },
      { status: 1, stdout: "", stderr: 'Device "if2" does not exist.\n' },
      [],
    ],
    "a batch, which is done up to there": [
      { program, args: ["-batch", "-"], stdin: lines },
      { ...DONE, status: 1, stderr: `${gone}Command failed -:2\n` },
      [{ program, args: ["-batch", "-"], stdin: first }],
    ],
    "a batch by force, which is done without": [
      { program, args: ["-force", "-batch", "-"], stdin: lines },
      { ...DONE, status: 1, stderr: `${gone}Command failed -:2\n` },
      [{
        program,
        args: ["-force", "-batch", "-"],
        stdin: `${first}link set dev v0 up\n`,
      }],
    ],
    "of bridge": [
      { program: "bridge", args: ["vlan", "show", "dev", "if2"] },
      { status: 1, stdout: "", stderr: 'Device "if2" does not exist.\n' },
      [],
    ],
  };
  for (const [why, [command, output, commands]] of Object.entries(cases)) {
    await t.step(why, async () => {
      const { output: found, commands: run } = await outcomeOf(command);
      assertEquals(found, output);
      assertEquals(run, [LIST, ...commands]);
    });
  }
});
