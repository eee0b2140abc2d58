import { assertEquals, assertThrows } from "@std/assert";
import { CniCode, CniError } from "../spec/mod.ts";
import {
  type Batch,
  batchCommand,
  failedStepIndex,
  inSandbox,
  isForgiving,
  isSafeWord,
  reasonOf,
  splitIntoBatches,
  wordLines,
} from "./batch.ts";
import { ipStep, type Place, type Step, sysctlStep } from "./step.ts";

const UP = ipStep("host", "set br0 up", ["link", "set", "dev", "br0", "up"]);
const BRIDGE: Step = {
  ...ipStep("host", "make br0", ["link", "add", "name", "br0", "mtu", 1400]),
  mayExist: true,
};
const FORWARD = sysctlStep("host", "net/ipv4/ip_forward", "1");
const VLAN: Step = {
  ...ipStep("host", "add VLAN 5", ["vlan", "add", "vid", "5", "dev", "v0"]),
  program: "bridge",
};
const LO = ipStep("sandbox", "set lo up", ["link", "set", "dev", "lo", "up"]);
const NETNS = "/run/netns/a";

/** A batch of steps in the place of the first. */
function batchOf(...steps: readonly Step[]): Batch {
  return { place: steps[0]!.place, steps };
}

Deno.test("splitIntoBatches() keeps steps of one place together", async (t) => {
  const cases: Record<string, readonly (readonly Step[])[]> = {
    "nothing": [],
    "one": [[UP]],
    "one place, all kinds": [[UP, FORWARD, VLAN, UP]],
    "places by turns": [[UP], [LO, LO], [UP, FORWARD]],
    "one that may exist, alone": [[BRIDGE]],
    "one that may exist, amid others": [[UP, UP], [BRIDGE], [UP, FORWARD]],
    "two that may exist": [[BRIDGE], [BRIDGE], [UP]],
    "one that may exist, before another place": [[BRIDGE], [LO]],
  };
  for (const [why, groups] of Object.entries(cases)) {
    await t.step(why, () => {
      const batches = groups.map((steps) => batchOf(...steps));
      assertEquals(splitIntoBatches(groups.flat()), batches);
    });
  }
});

Deno.test("isForgiving() is about a step that may find its object there", () => {
  const batches = [[BRIDGE], [UP], [FORWARD]].map((steps) => batchOf(...steps));
  assertEquals(batches.map(isForgiving), [true, false, false]);
});

Deno.test("batchCommand() starts ip alone where there is nothing else", () => {
  assertEquals(batchCommand(batchOf(BRIDGE, UP), NETNS), {
    program: "ip",
    args: ["-j", "-batch", "-"],
    stdin: "link add name br0 mtu 1400\nlink set dev br0 up\n",
  });
});

Deno.test("batchCommand() enters the container's namespace for its steps", () => {
  assertEquals(batchCommand(batchOf(LO, LO), NETNS), {
    program: "ip",
    args: ["-j", "-batch", "-"],
    netns: NETNS,
    stdin: "link set dev lo up\nlink set dev lo up\n",
  });
});

Deno.test("batchCommand() has a shell test names that ip may take for numbers", async (t) => {
  const attach = ipStep("host", "attach", [
    ...["link", "set", "dev", "v0", "master", "if2"],
  ]);
  const make = ipStep("host", "make", ["link", "add", "name", "if2"]);
  const cases = {
    "a link that must be there": [[FORWARD, attach], true],
    "one that the batch makes": [[make, FORWARD, attach], false],
    "another name": [[FORWARD, UP], false],
  } as const;
  for (const [why, [steps, isTested]] of Object.entries(cases)) {
    await t.step(why, () => {
      const { program, stdin } = batchCommand(batchOf(...steps), NETNS);
      const hasTest = stdin?.includes("ip link show dev 'if2'");
      assertEquals([program, hasTest], ["sh", isTested]);
    });
  }
});

const SET_TO = 'set_to() { now=; { read -r now <"$1"; } 2>/dev/null; ' +
  '[ "$now" = "$2" ] || printf %s "$2" >"$1"; }\n';

Deno.test("batchCommand() has a shell do what ip cannot", () => {
  const optional: Step = {
    ...sysctlStep("host", "net/ipv6/conf/br0/accept_ra", "0"),
    optional: true,
  };
  const steps = [FORWARD, UP, UP, optional, VLAN, UP];
  assertEquals(batchCommand(batchOf(...steps), NETNS), {
    program: "sh",
    args: ["-s"],
    stdin: SET_TO +
      "echo @0 >&2\n" +
      "set_to '/proc/sys/net/ipv4/ip_forward' '1' || exit 1\n" +
      "echo @1 >&2\n" +
      "ip -j -batch - <<';' || exit 1\n" +
      "link set dev br0 up\nlink set dev br0 up\n;\n" +
      "echo @3 >&2\n" +
      "{ set_to '/proc/sys/net/ipv6/conf/br0/accept_ra' '0'; }" +
      " 2>/dev/null || :\n" +
      "echo @4 >&2\n" +
      "bridge -j -batch - <<';' || exit 1\n" +
      "vlan add vid 5 dev v0\n;\n" +
      "echo @5 >&2\n" +
      "ip -j -batch - <<';' || exit 1\n" +
      "link set dev br0 up\n;\n",
  });
});

Deno.test("batchCommand() enters the container's namespace with the shell", () => {
  const step = sysctlStep("sandbox", "net/ipv6/conf/eth0.1/disable_ipv6", "0");
  assertEquals(batchCommand(batchOf(step), NETNS), {
    program: "sh",
    args: ["-s"],
    netns: NETNS,
    stdin: SET_TO + "echo @0 >&2\n" +
      "set_to '/proc/sys/net/ipv6/conf/eth0.1/disable_ipv6' '0' || exit 1\n",
  });
});

Deno.test("inSandbox() keeps program, arguments and stdin", () => {
  const command = { program: "ip", args: ["-j", "link"], stdin: "x" };
  assertEquals(inSandbox(command, "/proc/7/ns/net"), {
    ...command,
    netns: "/proc/7/ns/net",
  });
});

/** Words that would be read as something else than a word. */
const UNSAFE_WORDS = {
  "empty": "",
  "newline": "a\nlink del eth0",
  "newline last": "a\n",
  "carriage return": "a\r",
  "blank": "a b",
  "tab": "a\tb",
  "NUL": "a\u0000b",
  "delete": "a\u007f",
  "quote": 'a"',
  "single quote": "a'",
  "backquote": "`id`",
  "comment": "#a",
  "comment inside": "a#",
  "semicolon": "a;b",
  "backslash": "a\\",
  "dollar": "$PATH",
  "brace": "{a",
  "closing brace": "a}",
  "ampersand": "a&",
  "pipe": "a|b",
  "redirection": "a>b",
  "redirection in": "a<b",
  "star": "*",
  "question mark": "a?",
  "end of the shell's document": ";",
};

Deno.test("batchCommand() refuses words with a meaning of their own", async (t) => {
  for (const [why, word] of Object.entries(UNSAFE_WORDS)) {
    await t.step(why, () => {
      const line = ipStep("host", "test", ["link", "add", word]);
      const value = sysctlStep("host", "net/a", word);
      for (const steps of [[line], [FORWARD, line], [value]]) {
        const act = () => batchCommand(batchOf(...steps), NETNS);
        assertEquals(assertThrows(act, CniError).code, CniCode.InvalidConfig);
      }
    });
  }
});

Deno.test("batchCommand() refuses parameters outside their folder", async (t) => {
  const keys = {
    "parent folder": "net/../kernel/core_pattern",
    "this folder": "net/./ipv4",
    "absolute": "/net/ipv4",
    "empty": "",
    "slash last": "net/",
    "single quote": "net/a'b",
    "newline": "net/a\nb",
    "blank": "net/a b",
    "backslash": "net/a\\b",
  };
  for (const [why, key] of Object.entries(keys)) {
    await t.step(why, () => {
      const step = sysctlStep("host", key, "1");
      const act = () => batchCommand(batchOf(step), NETNS);
      assertEquals(assertThrows(act, CniError).code, CniCode.InvalidConfig);
    });
  }
});

Deno.test("isSafeWord() takes what ip and the shell take to the letter", () => {
  const words = ["a.b@c-d_e", "fd00::1/64", "日", "a\u00a0b", "100%", "ENDING"];
  assertEquals(words.filter((word) => !isSafeWord(word)), []);
  assertEquals(Object.values(UNSAFE_WORDS).filter(isSafeWord), []);
});

Deno.test("wordLines() writes a line for each list of words", () => {
  assertEquals(wordLines([]), "");
  const lines = [["addr", "add", "fd00::1/64", "dev", "a.b@c"], ["x"]];
  assertEquals(wordLines(lines), "addr add fd00::1/64 dev a.b@c\nx\n");
});

Deno.test("failedStepIndex() reads what ip says", async (t) => {
  const words = (...list: string[]) => ipStep("host", "test", list);
  const steps = [
    words("link", "add", "name", "br0", "type", "bridge"),
    words("link", "set", "dev", "v0", "master", "br0"),
    words("link", "set", "dev", "v0", "up"),
  ];
  const cases: Record<string, readonly [string, number | undefined]> = {
    "the kernel refuses": [
      "RTNETLINK answers: File exists\nCommand failed -:1\n",
      0,
    ],
    "the kernel explains": [
      "Error: Unknown device type.\nCommand failed -:1\n",
      0,
    ],
    "no such device": ['Cannot find device "v0"\nCommand failed -:3\n', 2],
    "a word that is gone, without a line": [
      'Error: argument "br0" is wrong: Device does not exist\n\n',
      1,
    ],
    "a word that no step has": [
      'Error: argument "other" is wrong: Device does not exist\n\n',
      undefined,
    ],
    "a prefix, without a line": [
      'Error: any valid prefix is expected rather than "v0".\n',
      2,
    ],
    "a word and the name of its kind": [
      'Error: argument "br0" is wrong: "name" not a valid ifname\n',
      1,
    ],
    "no such namespace": [
      "nsenter: cannot open /run/netns/a: No such file or directory\n",
      undefined,
    ],
    "no namespace": [
      "nsenter: reassociate to namespace 'ns/net' failed: Invalid argument\n",
      undefined,
    ],
    "killed without a word": ["", undefined],
  };
  for (const [why, [stderr, index]] of Object.entries(cases)) {
    await t.step(why, () => {
      assertEquals(failedStepIndex(batchOf(...steps), stderr), index);
    });
  }
});

Deno.test("failedStepIndex() reads the marks of the shell", async (t) => {
  const steps = [UP, UP, FORWARD, UP, UP, UP, VLAN, VLAN];
  const cases: Record<string, readonly [string, number | undefined]> = {
    "first chunk": ['@0\nCannot find device "br0"\nCommand failed -:2\n', 1],
    "a parameter": [
      "@0\n@2\nsh: 5: cannot create /proc/sys/net/ipv4/ip_forward: " +
      "Read-only file system\n",
      2,
    ],
    "chunk after a parameter": [
      '@0\n@2\n@3\nCannot find device "br0"\nCommand failed -:3\n',
      5,
    ],
    "chunk of another program": [
      "@0\n@2\n@3\n@6\nRTNETLINK answers: Operation not supported\n" +
      "Command failed -:2\n",
      7,
    ],
    "a word, without a line": [
      '@0\n@2\n@3\nError: argument "br0" is wrong: Device does not exist\n\n',
      5,
    ],
    "program that does not start": ["@0\n@2\nsh: 8: ip: not found\n", 2],
    "no such namespace": [
      "nsenter: cannot open /run/netns/a: No such file or directory\n",
      undefined,
    ],
  };
  for (const [why, [stderr, index]] of Object.entries(cases)) {
    await t.step(why, () => {
      assertEquals(failedStepIndex(batchOf(...steps), stderr), index);
    });
  }
});

Deno.test("reasonOf() leaves what a person needs", () => {
  const cases = {
    "": "",
    "RTNETLINK answers: File exists\nCommand failed -:3\n": "File exists",
    "@0\n@2\nError: Nexthop has invalid gateway.\nCommand failed -:1\n":
      "Nexthop has invalid gateway.",
    'Error: argument "br0" is wrong: Device does not exist\n\n':
      'argument "br0" is wrong: Device does not exist',
    'Cannot find device "a"\nCommand failed -:1\nCannot find device "b"\n':
      'Cannot find device "a"; Cannot find device "b"',
    "nsenter: cannot open /run/netns/a: No such file or directory\n":
      "nsenter: cannot open /run/netns/a: No such file or directory",
    "@3\nsh: 15: cannot create /proc/sys/net/a: Directory nonexistent\n":
      "/proc/sys/net/a: No such file or directory",
    "sh: 1: cannot create /proc/sys/net/a: Permission denied\n":
      "/proc/sys/net/a: Permission denied",
    "sh: line 15: /proc/sys/net/a: Read-only file system\n":
      "/proc/sys/net/a: Read-only file system",
    "/bin/sh: can't create /proc/sys/net/a: nonexistent directory\n":
      "/proc/sys/net/a: No such file or directory",
    "sh: 3: printf: I/O error\n": "the kernel refuses the value",
    "bash: line 3: printf: write error: Invalid argument\n": "Invalid argument",
    "sh: 5: nft: not found\n": "nft: not found",
  };
  for (const [stderr, reason] of Object.entries(cases)) {
    assertEquals(reasonOf(stderr), reason);
  }
});

Deno.test("ipStep() and sysctlStep() make steps of words and numbers", () => {
  const place: Place = "host";
  assertEquals(ipStep(place, "set mtu", ["mtu", 1400]), {
    kind: "ip",
    place,
    purpose: "set mtu",
    words: ["mtu", "1400"],
  });
  assertEquals(sysctlStep(place, "net/ipv4/ip_forward", "1"), {
    kind: "sysctl",
    place,
    purpose: "set the kernel parameter net/ipv4/ip_forward to 1",
    key: "net/ipv4/ip_forward",
    value: "1",
  });
});
