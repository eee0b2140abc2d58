import { assertEquals } from "@std/assert";
import { CniCode } from "./code.ts";
import { assertRefuses } from "./_testing.ts";
import {
  type CniArgs,
  formatCniArgs,
  parseCniArgPairs,
  parseCniArgs,
} from "./args.ts";

Deno.test("parseCniArgs() reads the pairs that a plugin knows", async (t) => {
  type Known = "IP" | "MAC";
  const cases: Record<string, readonly [string, CniArgs<Known>]> = {
    "empty": ["", {}],
    "one": ["IP=10.0.0.5", { IP: "10.0.0.5" }],
    "two": ["IP=10.0.0.5;MAC=02:0:0", { IP: "10.0.0.5", MAC: "02:0:0" }],
    "empty value": ["IP=", { IP: "" }],
    "the later of two wins": ["IP=a;IP=b", { IP: "b" }],
    "blanks stay": ["IP= a ", { IP: " a " }],
    "unknown ones ignored": ["K8S_POD=x;IgnoreUnknown=1;IP=a", { IP: "a" }],
    "IgnoreUnknown last": ["K8S_POD=x;IP=a;IgnoreUnknown=true", { IP: "a" }],
    "IgnoreUnknown in capitals": ["K8S_POD=x;IgnoreUnknown=TRUE", {}],
    "IgnoreUnknown with nothing to ignore": ["IgnoreUnknown=0", {}],
    "the later IgnoreUnknown wins": [
      "x=1;IgnoreUnknown=0;IgnoreUnknown=1",
      {},
    ],
    "names of JavaScript's own": ["IgnoreUnknown=1;__proto__=x", {}],
  };
  for (const [why, [text, args]] of Object.entries(cases)) {
    await t.step(why, () => {
      assertEquals(parseCniArgs<Known>(text, ["IP", "MAC"]), args);
    });
  }
});

Deno.test("parseCniArgs() refuses what the rules do not allow", async (t) => {
  const cases: Record<string, readonly [text: string, said: string]> = {
    "separator last": ["IP=a;", 'invalid pair ""'],
    "separator first": [";IP=a", 'invalid pair ""'],
    "separator alone": [";", 'invalid pair ""'],
    "no value": ["IP", 'invalid pair "IP"'],
    "equals sign in the value": ["IP=a=b", 'invalid pair "IP=a=b"'],
    "unknown": ["IP=a;FOO=1", 'unknown args ["FOO=1"]'],
    "unknown, each": ["FOO=1;BAR=", 'unknown args ["FOO=1" "BAR="]'],
    "known, in another case": ["ip=a", 'unknown args ["ip=a"]'],
    "unknown, said to matter": [
      "FOO=1;IgnoreUnknown=false",
      'unknown args ["FOO=1"]',
    ],
    "the later IgnoreUnknown wins": [
      "FOO=1;IgnoreUnknown=1;IgnoreUnknown=0",
      'unknown args ["FOO=1"]',
    ],
    "IgnoreUnknown in another case": [
      "FOO=1;ignoreunknown=1",
      'unknown args ["FOO=1" "ignoreunknown=1"]',
    ],
    "IgnoreUnknown of another kind": [
      "IgnoreUnknown=yes",
      'value of pair "IgnoreUnknown=yes"',
    ],
    "IgnoreUnknown empty": ["IgnoreUnknown=", 'pair "IgnoreUnknown="'],
    "empty name": ["=x", 'unknown args ["=x"]'],
  };
  for (const [why, [text, said]] of Object.entries(cases)) {
    await t.step(why, () => {
      const act = () => parseCniArgs(text, ["IP", "MAC"]);
      assertRefuses(act, CniCode.InvalidEnvironment, "ARGS: ", said);
    });
  }
});

Deno.test("parseCniArgs() says what it would take", () => {
  const code = CniCode.InvalidEnvironment;
  const remedy = "IgnoreUnknown=1";
  assertRefuses(() => parseCniArgs("x=1", ["IP"]), code, "hold IP ", remedy);
  assertRefuses(() => parseCniArgs("x=1", []), code, "hold nothing ", remedy);
});

Deno.test("parseCniArgPairs() keeps order and duplicates", () => {
  assertEquals(parseCniArgPairs(""), []);
  assertEquals(parseCniArgPairs("b=1;a=;b=2"), [
    ["b", "1"],
    ["a", ""],
    ["b", "2"],
  ]);
});

Deno.test("formatCniArgs() writes what parseCniArgPairs() reads", () => {
  for (const text of ["", "a=1", "b=1;a=;b=2"]) {
    assertEquals(formatCniArgs(parseCniArgPairs(text)), text);
  }
});
