import { assertEquals, assertThrows } from "@std/assert";
import type { Flag } from "./flag.ts";
import { parseWords } from "./parse_words.ts";
import { UsageError } from "./usage_error.ts";

const FLAGS: readonly Flag[] = [
  { name: "ifname", short: "i", value: "NAME", summary: "", repeats: true },
  { name: "mac", value: "ADDRESS", summary: "" },
  { name: "json", summary: "" },
];

Deno.test("parseWords() takes flags anywhere before --", async (t) => {
  const none = { operands: [], ifname: [], json: false, help: false };
  const cases: Record<
    string,
    readonly [string, Partial<typeof none> | object]
  > = {
    "no words": ["", {}],
    "flags between operands": ["a --json b", {
      operands: ["a", "b"],
      json: true,
    }],
    "a value in a word of its own": ["--ifname x a", {
      operands: ["a"],
      ifname: ["x"],
    }],
    "a value after =": ["--ifname=x=y", { ifname: ["x=y"] }],
    "a value after a letter": ["-ix", { ifname: ["x"] }],
    "a value after a letter and =": ["-i=x", { ifname: ["x"] }],
    "a value that looks like a flag": ["-i --json", { ifname: ["--json"] }],
    "several values": ["-i x -i y", { ifname: ["x", "y"] }],
    "a flag without a value, twice": ["--json --json", { json: true }],
    "help by its name": ["--help", { help: true }],
    "help by its letter": ["-h", { help: true }],
    "a dash, which is stdin": ["- a", { operands: ["-", "a"] }],
    "all after --": ["a -- --json -i", { operands: ["a", "--json", "-i"] }],
  };
  for (const [why, [line, expected]] of Object.entries(cases)) {
    await t.step(why, () => {
      const words = parseWords(line.split(" ").filter((one) => one), FLAGS);
      assertEquals<object>({
        operands: words.operands,
        ifname: words.values("ifname"),
        json: words.has("json"),
        help: words.has("help"),
      }, { ...none, ...expected });
      assertEquals(words.value("ifname"), words.values("ifname").at(-1));
    });
  }
});

Deno.test("parseWords() refuses flags, and says which is meant", async (t) => {
  const cases: Record<string, readonly [string, string, string]> = {
    "unknown, near to one": ["--jso", "unknown flag: --jso", "--json"],
    "unknown, near to none": ["--verbose", "unknown flag: --verbose", ""],
    "unknown, with a value": ["--ifnam=x", "unknown flag: --ifnam", "--ifname"],
    "unknown letter": ["-x", "unknown flag: -x", ""],
    "a name after one dash": ["-ifname", "unknown flag: -ifname", "--ifname"],
    "the same with a value": [
      "-ifname=x",
      "unknown flag: -ifname=x",
      "--ifname",
    ],
    "without its value": ["-i", "-i needs a value: -i NAME", ""],
    "with an empty value": ["--mac=", "--mac needs a value: --mac ADDRESS", ""],
    "with a value too many": ["--json=x", "--json takes no value", ""],
    "twice": ["--mac a --mac=b", "--mac is given twice", ""],
  };
  for (const [why, [line, message, meant]] of Object.entries(cases)) {
    await t.step(why, () => {
      const error = assertThrows(
        () => parseWords(line.split(" "), FLAGS),
        UsageError,
      );
      const hint = meant === "" ? "" : `Did you mean ${meant}?\n`;
      assertEquals([error.message, error.hint], [message, hint]);
    });
  }
});
