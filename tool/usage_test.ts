import { assertEquals } from "@std/assert";
import { testWith } from "./_testing.ts";

const TARGETS = ["-n, --network NAME", "-c, --config FILE|-"];
const PLACES = [...TARGETS, "--netns NETNS", "-i, --ifname NAME"];
const TIMED = ["--json", "--timeout SECONDS"];

/** The words of each command, and its flags but for `--help`. */
const USAGE: Readonly<Record<string, readonly [string, readonly string[]]>> = {
  add: ["<network> <netns>", [
    ...PLACES,
    ...["--ip ADDRESS", "--mac ADDRESS", "-p, --port PORTS"],
    ...["--create-netns", "--plan", ...TIMED],
  ]],
  check: ["<network> <netns>", [...PLACES, "--plan", ...TIMED]],
  complete: ["<word>…", []],
  completion: ["<shell>", []],
  del: ["<network> <netns>", [...PLACES, "--plan", ...TIMED]],
  doctor: ["", ["--socket PATH", ...TIMED]],
  gc: ["<network> <netns>", [...TARGETS, "--all", ...TIMED]],
  list: ["", TIMED],
  ps: ["", ["--json"]],
  status: ["<network> <netns>", [
    ...[...TARGETS, "--daemon", "--socket PATH"],
    ...TIMED,
  ]],
  validate: ["<file>…", ["--json"]],
};

testWith("each command's help names its words and flags", async (test, t) => {
  for (const [command, [words, flags]] of Object.entries(USAGE)) {
    await t.step(command, async () => {
      const { status, stdout } = await test.run(`${command} --help`);
      assertEquals(status, 0);
      const usage = /\nUsage:\n {2}cni tool (.*)\n/.exec(stdout)?.[1];
      const expected = [command, words, "[flags]"].filter((one) => one !== "");
      assertEquals(usage, expected.join(" "));
      const [, table = ""] = /\nFlags:\n((?: {2}.*\n)+)/.exec(stdout) ?? [];
      const names = table.trim().split("\n").map((line) =>
        line.trim().split(/ {2,}/)[0]
      );
      assertEquals(names, [...flags, "-h, --help"]);
      // Each operand is explained below, by its name.
      for (const [, name] of words.matchAll(/<(\w+)>/g)) {
        assertEquals(new RegExp(`^ {2}${name} +\\S`, "m").test(stdout), true);
      }
    });
  }
});
