import { assertEquals, assertStringIncludes } from "@std/assert";
import { type OutcomeJson, tablesOf } from "./conformance_tables.ts";

function outcome(keys: Partial<OutcomeJson>): OutcomeJson {
  return {
    id: "protocol/one",
    plugin: "bridge",
    version: "1.1.0",
    verdict: "passed",
    reason: "",
    clause: { section: "CNI 1", level: "MUST", requirement: "All is well" },
    ...keys,
  };
}

Deno.test("tablesOf() tells counts, deviations and what was left out", () => {
  const plugins = [{ name: "bridge", counts: { passed: 3, failed: 1 } }];
  const failed = { verdict: "failed", reason: "a | b" };
  const outcomes = [
    outcome({}),
    outcome({ ...failed, id: "protocol/two" }),
    outcome({ ...failed, id: "protocol/two", plugin: "ptp" }),
    outcome({ ...failed, id: "protocol/three" }),
    outcome({ verdict: "skipped", reason: "bridge is no ipam plugin" }),
    outcome({
      verdict: "skipped",
      plugin: "ptp",
      reason: "ptp is no ipam plugin",
    }),
  ];
  const explanations = {
    "protocol/two": "It is two",
    "protocol/two ptp": "It is a pair",
    "protocol/nine": "Nobody does that",
  };
  const { text, unexplained, idle } = tablesOf(
    { plugins, outcomes },
    explanations,
  );
  assertEquals(unexplained, ["protocol/three bridge: a | b"]);
  assertEquals(idle, ["protocol/nine"]);
  const clause = "All is well | CNI 1";
  for (
    const line of [
      "| bridge | 3 | 1 | 0 | 0 | 0 |\n",
      `| \`protocol/two\` | MUST | bridge | ${clause} | It is two |\n`,
      `| \`protocol/two\` | MUST | ptp | ${clause} | It is a pair |\n`,
      `| \`protocol/three\` | MUST | bridge | ${clause} | a \\| b |\n`,
      "| the plugin is no ipam plugin | bridge, ptp | 2 |\n",
    ]
  ) assertStringIncludes(text, line);
});
