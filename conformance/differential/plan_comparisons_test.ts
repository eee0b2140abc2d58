import { assertEquals } from "@std/assert";
import type { Subject } from "../suite/mod.ts";
import { planComparisons } from "./plan_comparisons.ts";
import type { Scenario } from "./scenario.ts";

const scenario: Scenario = {
  id: "differential/one",
  about: "here",
  needsProfile: false,
  play: () => Promise.resolve(),
};
const SCENARIOS: readonly Scenario[] = [
  scenario,
  { ...scenario, id: "differential/each", isPerVersion: true },
  { ...scenario, id: "differential/gc", versions: ["1.1.0"] },
  { ...scenario, id: "differential/profile", needsProfile: true },
];
const theirs: Subject = {
  name: "bridge",
  folder: "/theirs",
  versions: ["0.4.0", "1.0.0"],
};
const ours: Subject = {
  name: "bridge",
  folder: "/ours",
  versions: ["0.4.0", "1.0.0", "1.1.0"],
};

function plan(keys: Partial<Parameters<typeof planComparisons>[0]> = {}) {
  return planComparisons({
    ...{ against: "/theirs", left: [theirs], right: [ours] },
    ...{ scenarios: SCENARIOS },
    ...keys,
  }).map(({ scenario: { id }, version, skipped }) =>
    [id.replace("differential/", ""), version, skipped ?? "runs"].join(" ")
  );
}

Deno.test("planComparisons() takes the versions that both accept", () => {
  assertEquals(plan(), [
    "one 1.0.0 runs",
    "each 0.4.0 runs",
    "each 1.0.0 runs",
    "gc 1.1.0 bridge in /theirs does not accept version 1.1.0",
    "profile 1.0.0 there is no profile for bridge",
  ]);
});

Deno.test("planComparisons() takes the one version that is asked for", () => {
  assertEquals(plan({ spec: "0.4.0", scenarios: SCENARIOS.slice(0, 3) }), [
    "one 0.4.0 runs",
    "each 0.4.0 runs",
    "gc 0.4.0 version 0.4.0 has none of it",
  ]);
});

Deno.test("planComparisons() tells of a plugin that has no counterpart", () => {
  assertEquals(plan({ left: [] }), [
    "one 1.1.0 /theirs has no plugin bridge",
  ]);
  // One that accepts no known version is named with the newest.
  const unknown = { ...ours, versions: ["9.9.9"] };
  assertEquals(plan({ left: [], right: [unknown] }), [
    "one 1.1.0 /theirs has no plugin bridge",
  ]);
});
