import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { parseCommand } from "./parse_command.ts";
import { UsageError } from "../../terminal/mod.ts";

const run = { kind: "run", verb: "add", network: "n", netns: "ns" } as const;

Deno.test("parseCommand() takes flags anywhere, in every form", async (t) => {
  const cases: Record<string, [string, string]> = {
    "none": ["add n ns", ""],
    "long, in front": ["--ifname eth1 add n ns", "eth1"],
    "long, with =": ["add --ifname=eth1 n ns", "eth1"],
    "short, at the end": ["add n ns -i eth1", "eth1"],
    "short, with =": ["add n ns -i=eth1", "eth1"],
    "short, attached": ["add n ns -ieth1", "eth1"],
    "arguments too many": ["add n ns x y", ""],
  };
  for (const [why, [line, ifname]] of Object.entries(cases)) {
    await t.step(why, () => {
      const command = parseCommand(line.split(" "));
      assertEquals(command, { ...run, ifname });
    });
  }
});

Deno.test("parseCommand() takes a network's name for no number", () => {
  assertEquals(parseCommand(["add", "0123", "1e3"]), {
    ...run,
    network: "0123",
    netns: "1e3",
    ifname: "",
  });
});

Deno.test("parseCommand() knows when help or the version is wanted", async (t) => {
  const cases: Record<string, ReturnType<typeof parseCommand>> = {
    "": { kind: "help" },
    "help": { kind: "help" },
    "-h": { kind: "help" },
    "--help": { kind: "help" },
    "help del": { kind: "help", verb: "del" },
    "del --help": { kind: "help", verb: "del" },
    "add n ns -h": { kind: "help", verb: "add" },
    "--version": { kind: "version" },
  };
  for (const [line, command] of Object.entries(cases)) {
    await t.step(line || "nothing", () => {
      const args = line.split(" ").filter((word) => word !== "");
      assertEquals(parseCommand(args), command);
    });
  }
});

Deno.test("parseCommand() says what is wrong, and what may be meant", async (t) => {
  const cases: Record<string, [string, string]> = {
    "ad n ns": [
      'unknown command "ad" for "cnitool"',
      "Did you mean this?\n\tadd",
    ],
    "ADD n ns": ['unknown command "ADD"', "Run 'cnitool --help' for usage."],
    "help ad": ['unknown command "ad"', "\tadd\n"],
    "add": ["requires at least 2 arg(s), only received 0", "Usage:\n"],
    "add n": ["requires at least 2 arg(s), only received 1", "<netns>"],
    "add n ns --ifnam=x": ["unknown flag: --ifnam", "Did you mean --ifname?"],
    "add n ns -x": ["unknown shorthand flag: 'x' in -x", "Usage:\n"],
    "add n ns -i": ["flag needs an argument: -i", "Usage:\n"],
    "--frobnicate": ["unknown flag: --frobnicate", "cnitool --help"],
  };
  for (const [line, [message, hint]] of Object.entries(cases)) {
    await t.step(line, () => {
      const parse = () => parseCommand(line.split(" "));
      const error = assertThrows(parse, UsageError, message);
      assertStringIncludes(error.hint, hint);
    });
  }
});
