import { assert, assertEquals, assertFalse } from "@std/assert";
import { anOutcome, HOSTILE_RUN, RUN, testProcess } from "./_testing.ts";
import { createReporter } from "./create_reporter.ts";

const plain = testProcess();

Deno.test("the table has counts, findings, and what was skipped", () => {
  assertEquals(
    createReporter("table", plain).end(RUN),
    `cni conformance 1.2.3: /opt/cni/bin

PLUGIN  PASSED  FAILED  WARNED  SKIPPED  BROKEN  TIME
bridge  1       1       1       0        0       1.3 s
vlan    0       0       0       2        1       120 ms

failed bridge: protocol/unknown-command (1.1.0)
  MUST     A plugin accepts a second DEL
  clause   CNI 1.1.0, section 2, "DEL"
  reason   Expected an error object on stdout, found nothing
  call     CNI_COMMAND=ADD CNI_IFNAME=eth0 /opt/cni/bin/bridge
  input    {"cniVersion":"1.1.0","name":"net"}
  output   status 2
  stderr   panic: no
             at all
           (after 1 call)

broken vlan: lifecycle/add (1.1.0)
  MUST     A plugin accepts a second DEL
  clause   CNI 1.1.0, section 2, "DEL"
  reason   Cannot make a namespace

warned bridge: lifecycle/check-route (1.1.0)
  SHOULD   CHECK fails when a route is gone
  clause   CNI 1.1.0, section 2, "CHECK"
  reason   CHECK succeeded without the route
  call     CNI_COMMAND=ADD CNI_IFNAME=eth0 /opt/cni/bin/bridge
  input    {"cniVersion":"1.1.0","name":"net"}
  output   status 0: {}

skipped
  vlan: needs links of kind vlan (ipam/exhaustion, interface/mtu)

6 cases: 1 passed, 2 skipped, 1 warned, 1 broken, 1 failed
`,
  );
});

Deno.test("the table tells differences, those that are meant but once", () => {
  const explained = { name: "a-name", reason: "A reason" };
  const differences = [
    { what: "ADD: answer", lines: ["- a", "+ b"], explained },
    { what: "DEL: answer", lines: ["- c", "+ d"] },
  ];
  const outcomes = [
    anOutcome({ differences: differences.slice(0, 1) }),
    anOutcome({ verdict: "failed", reason: "2 lines", differences }),
  ];
  const text = createReporter("table", plain).end({ ...RUN, outcomes });
  assert(text.endsWith(`
failed bridge: lifecycle/del-twice (1.1.0)
  MUST     A plugin accepts a second DEL
  clause   CNI 1.1.0, section 2, "DEL"
  reason   2 lines
  DEL: answer
    - c
    + d

explained
  bridge: a-name: A reason (lifecycle/del-twice)

2 cases: 1 passed, 1 failed
`));
});

Deno.test("the table has colours on a terminal only", async (t) => {
  const cases = {
    "no terminal": [testProcess(), false],
    "terminal": [testProcess({ isTerminal: true }), true],
    "NO_COLOR": [
      testProcess({ isTerminal: true, env: { NO_COLOR: "1" } }),
      false,
    ],
  } as const;
  for (const [why, [process, isColoured]] of Object.entries(cases)) {
    await t.step(why, () => {
      const text = createReporter("table", process).end(RUN);
      assertEquals(text.includes("\u001b[31m"), isColoured);
    });
  }
});

Deno.test("the table shows no control character of a plugin", () => {
  const text = createReporter("table", plain).end(HOSTILE_RUN);
  // deno-lint-ignore no-control-regex -- these are not to be there
  assertFalse(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/.test(text));
});

Deno.test("progress is told on a terminal, on one line, and cleared", () => {
  const process = testProcess({ isTerminal: true });
  const reporter = createReporter("html", process);
  reporter.start?.(2);
  reporter.report?.(anOutcome());
  reporter.report?.(anOutcome({ verdict: "failed", subject: "\u001b[2J" }));
  reporter.end(RUN);
  const clear = "\r\u001b[K";
  assertEquals(
    process.stderr(),
    `${clear}1/2 bridge lifecycle/del-twice (1.1.0)` +
      `${clear}2/2 1 failed \\u{1b}[2J lifecycle/del-twice (1.1.0)${clear}`,
  );
  assertEquals(createReporter("tap", plain).report, undefined);
});
