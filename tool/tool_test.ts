import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { testWith } from "./_testing.ts";
import { COMMANDS } from "./commands.ts";

testWith("tool() helps with every command", async (test) => {
  for (const line of ["", "help", "-h", "--help"]) {
    const { status, stdout, stderr } = await test.run(line);
    assertEquals([status, stderr], [0, ""]);
    for (const { name, summary, isHidden } of COMMANDS) {
      if (isHidden) continue;
      assertMatch(stdout, new RegExp(`^  ${name} +${summary}$`, "m"));
    }
  }
  for (const { name, summary } of COMMANDS) {
    const { status, stdout } = await test.run(`${name} --help`);
    assertEquals(status, 0);
    assertStringIncludes(stdout, `${summary}.\n`);
    assertStringIncludes(stdout, `cni tool ${name} `);
    assertEquals((await test.run(`help ${name}`)).stdout, stdout);
    const widest = Math.max(...stdout.split("\n").map((line) => line.length));
    assertEquals(widest <= 80, true, `${name}: ${widest} columns`);
  }
  const version = await test.run("--version");
  assertEquals(version.stdout, "cni tool 1.2.3\n");
});

testWith("tool() says what is wrong with a command line", async (test, t) => {
  const cases: Record<string, readonly [string, string]> = {
    "an unknown command": ["ad chain x", 'Did you mean "cni tool add"?'],
    "an unknown flag": ["add --ifnam x", "Did you mean --ifname?"],
    "a flag in front": ["--ifname x add", "unknown flag: --ifname"],
    "an unknown letter": ["add -x", "unknown flag: -x"],
    "a long flag with one dash": ["add -ifname=x", "Did you mean --ifname?"],
    "a flag without its value": ["add -i", "-i needs a value: -i NAME"],
    "a value too many": ["add --plan=x", "--plan takes no value"],
    "a flag twice": ["add --mac a --mac b", "--mac is given twice"],
    "nothing": [
      "add",
      "missing: a network (<network>, --network or --config), a network " +
      "namespace (<netns> or --netns)",
    ],
    "no namespace": ["del chain", "missing: a network namespace"],
    "no network": ["status", "missing: a network (<network>"],
    "a word too many": ["add chain /x y", 'too many arguments: "y"'],
    "two namespaces": ["add chain /x --netns y", "too many arguments"],
    "a namespace that is none": ["add chain ..", '".." is no network'],
    "more interfaces than networks": [
      "add chain /x -i a -i b",
      "--ifname is given 2 times for 1 networks",
    ],
    "an interface twice": [
      "add -n chain -n single /x -i a -i a",
      "--ifname a is given to two networks",
    ],
    "an address for two networks": [
      "add -n chain -n single /x --ip 10.0.0.9",
      "they are for one network at a time",
    ],
    "no address": ["add chain /x --ip ten", '--ip is "ten": expected'],
    "no hardware address": ["add chain /x --mac x", '--mac is "x": expected'],
    "no port": ["add chain /x -p 80", '--port is "80": expected'],
    "a port out of range": ["add chain /x -p 0:80", "from 1 to 65535"],
    "ports that nobody takes": [
      "add single /x -p 80:80",
      "none of its plugins declares the capability portMappings",
    ],
    "no time": ["add chain /x --timeout 0", '--timeout is "0"'],
  };
  for (const [why, [line, text]] of Object.entries(cases)) {
    await t.step(why, async () => {
      const { status, stdout, stderr } = await test.run(line);
      assertEquals([status, stdout], [2, ""]);
      assertMatch(stderr, /^Error: /);
      assertStringIncludes(stderr, text);
    });
  }
  assertEquals(test.log, []);
});

testWith("tool() shows an error's details on their own line", async (test) => {
  const { status, stderr } = await test.run("add nope /x");
  assertEquals(status, 1);
  assertEquals(
    stderr,
    `Error: no net configuration with name "nope" in ${test.configFolder}\n` +
      "  available networks: chain, single, old\n",
  );
});

testWith("tool() is coloured on a terminal, unless NO_COLOR", async (test) => {
  const escape = "\u001b[";
  test.isTerminal = true;
  const colour = await test.run("add nope /x");
  assertStringIncludes(colour.stderr, `${escape}31mError:`);
  test.variables.NO_COLOR = "1";
  const plain = await test.run("add nope /x");
  assertEquals(plain.stderr.includes(escape), false);
});

testWith("tool() finds plugins beside it without CNI_PATH", async (test) => {
  test.variables.CNI_PATH = "";
  assertEquals((await test.run("add chain /x")).status, 0);
});
