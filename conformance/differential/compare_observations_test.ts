import { assertEquals } from "@std/assert";
import type { CallRecord } from "../suite/mod.ts";
import { compareObservations } from "./compare_observations.ts";
import type { Observation } from "./play_scenario.ts";

const call: CallRecord = {
  ...{ program: "", env: {}, stdin: "", status: 0, stdout: "", stderr: "" },
  ...{ timedOut: false, timeMs: 0 },
};

function seen(
  label: string,
  parts: Readonly<Record<string, string>>,
): Observation {
  const lines = Object.entries(parts).map(([part, text]) =>
    [part, text.split("|").filter((line) => line !== "")] as const
  );
  return { label, call, hasState: lines.length > 1, parts: new Map(lines) };
}

const explanations = [
  { name: "codes", reason: "Better codes", line: /^[-+] code/ },
  {
    name: "elsewhere",
    reason: "Of another plugin",
    plugins: ["vlan"],
    line: /./,
  },
  { name: "later", reason: "Not here", where: /^DEL/, line: /./ },
];
const options = { plugin: "bridge", explanations };

Deno.test("compareObservations() tells lines by their explanation", () => {
  const left = [seen("ADD", { answer: "exit status 1|code 999" })];
  const right = [seen("ADD", { answer: "exit status 2|code 7" })];
  assertEquals(compareObservations(left, right, options), [
    { what: "ADD: answer", lines: ["- exit status 1", "+ exit status 2"] },
    {
      what: "ADD: answer",
      lines: ["- code 999", "+ code 7"],
      explained: { name: "codes", reason: "Better codes" },
    },
  ]);
});

Deno.test("compareObservations() tells a state once, an answer each time", () => {
  const left = [
    seen("ADD", { answer: "a", "routes of the host": "r" }),
    seen("CHECK", { answer: "a", "routes of the host": "r" }),
  ];
  const right = [
    seen("ADD", { answer: "b", "routes of the host": "" }),
    seen("CHECK", { answer: "b", "routes of the host": "" }),
  ];
  assertEquals(
    compareObservations(left, right, options).map(({ what }) => what),
    ["ADD: answer", "ADD: routes of the host", "CHECK: answer"],
  );
});

Deno.test("compareObservations() takes a call that one side lacks for new", () => {
  const found = compareObservations(
    [],
    [seen("ADD", { answer: "a" })],
    options,
  );
  assertEquals(found, [{ what: "ADD: answer", lines: ["+ a"] }]);
});

Deno.test("compareObservations() says no more of links and files than that they are new", () => {
  const parts = {
    "answer": "",
    "links of the host": "link a|link a: mtu 9|link b: mtu 8",
    "parameters of the host": "link a|link a: ipv4 tag = 0",
    "files of the host": "file /x|file /x: text",
  };
  const common = { "answer": "", "links of the host": "link b: mtu 7" };
  const found = compareObservations([seen("ADD", common)], [
    seen("ADD", parts),
  ], options);
  assertEquals(found, [
    {
      what: "ADD: links of the host",
      lines: ["- link b: mtu 7", "+ link a", "+ link b: mtu 8"],
    },
    { what: "ADD: files of the host", lines: ["+ file /x"] },
  ]);
});

Deno.test("compareObservations() compares a state that both have", () => {
  const left = [seen("ADD", { answer: "a" })];
  const right = [seen("ADD", { answer: "a", "routes of the host": "r" })];
  assertEquals(compareObservations(left, right, options), []);
});
