import { assertEquals } from "@std/assert";
import { anOutcome, HOSTILE, HOSTILE_RUN, RUN } from "./_testing.ts";
import { jsonReporter } from "./json_reporter.ts";

Deno.test("jsonReporter() has the form that is documented", () => {
  const failed = RUN.outcomes[2]!;
  const outcomes = [anOutcome(), failed];
  const run = { ...RUN, spec: "1.1.0", outcomes };
  assertEquals(JSON.parse(jsonReporter().end(run)), {
    schema: "cni-conformance/1",
    title: "cni conformance 1.2.3",
    target: "/opt/cni/bin",
    spec: "1.1.0",
    status: 1,
    counts: { passed: 1, failed: 1, warned: 0, skipped: 0, broken: 0 },
    plugins: [{
      name: "bridge",
      counts: { passed: 1, failed: 1, warned: 0, skipped: 0, broken: 0 },
      timeMs: 80,
    }],
    outcomes: [
      {
        id: "lifecycle/del-twice",
        family: "lifecycle",
        plugin: "bridge",
        version: "1.1.0",
        verdict: "passed",
        reason: "",
        clause: { ...failed.clause, versions: null },
        timeMs: 40,
        calls: [],
        differences: [],
      },
      {
        id: "protocol/unknown-command",
        family: "protocol",
        plugin: "bridge",
        version: "1.1.0",
        verdict: "failed",
        reason: "Expected an error object on stdout, found nothing",
        clause: { ...failed.clause, versions: null },
        timeMs: 40,
        calls: failed.calls,
        differences: [],
      },
    ],
  });
});

Deno.test("jsonReporter() keeps hostile output as it is", () => {
  const { outcomes } = JSON.parse(jsonReporter().end(HOSTILE_RUN));
  assertEquals(outcomes[1].calls[0].stdout, HOSTILE);
});
