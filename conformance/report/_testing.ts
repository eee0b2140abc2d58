import type { CallRecord, Outcome, RunReport } from "../suite/mod.ts";
import type { TerminalProcess } from "../../terminal/mod.ts";

/** What a plugin may write to make a report do what it should not. */
export const HOSTILE = [
  `"'<script>alert(1)</script>`,
  "]]>--><!-- &amp; &#27; <![CDATA[",
  "\u001b[2J\u0000\u0007\u009b1m\r\u202e\ufffe\ud800",
  "# TODO \\ not ok 1",
  "\n  ...\nBail out!\n1..9\nok 1 - forged",
].join(" ");

/** A call, with `keys` over it. */
export function aCall(keys: Partial<CallRecord> = {}): CallRecord {
  return {
    program: "/opt/cni/bin/bridge",
    env: { CNI_COMMAND: "ADD", CNI_IFNAME: "eth0" },
    stdin: `{"cniVersion":"1.1.0","name":"net"}`,
    status: 0,
    stdout: "{}",
    stderr: "",
    timedOut: false,
    timeMs: 12,
    ...keys,
  };
}

/** An outcome, with `keys` over it. */
export function anOutcome(keys: Partial<Outcome> = {}): Outcome {
  return {
    id: "lifecycle/del-twice",
    subject: "bridge",
    version: "1.1.0",
    clause: {
      section: `CNI 1.1.0, section 2, "DEL"`,
      level: "MUST",
      requirement: "A plugin accepts a second DEL",
    },
    verdict: "passed",
    reason: "",
    calls: [aCall()],
    timeMs: 40,
    ...keys,
  };
}

/** An outcome of each verdict, of two plugins. */
export const RUN: RunReport = {
  title: "cni conformance 1.2.3",
  target: "/opt/cni/bin",
  outcomes: [
    anOutcome(),
    anOutcome({
      id: "lifecycle/check-route",
      clause: {
        section: `CNI 1.1.0, section 2, "CHECK"`,
        level: "SHOULD",
        requirement: "CHECK fails when a route is gone",
        versions: ["1.0.0", "1.1.0"],
      },
      verdict: "warned",
      reason: "CHECK succeeded without the route",
      timeMs: 1240,
    }),
    anOutcome({
      id: "protocol/unknown-command",
      verdict: "failed",
      reason: "Expected an error object on stdout, found nothing",
      calls: [
        aCall(),
        aCall({ status: 2, stdout: "", stderr: "panic: no\n  at all\n" }),
      ],
    }),
    anOutcome({
      id: "ipam/exhaustion",
      subject: "vlan",
      verdict: "skipped",
      reason: "needs links of kind vlan",
      calls: [],
    }),
    anOutcome({
      id: "interface/mtu",
      subject: "vlan",
      verdict: "skipped",
      reason: "needs links of kind vlan",
      calls: [],
    }),
    anOutcome({
      id: "lifecycle/add",
      subject: "vlan",
      verdict: "broken",
      reason: "Cannot make a namespace",
      calls: [],
    }),
  ],
};

/** A run whose every text is hostile. */
export const HOSTILE_RUN: RunReport = {
  title: `cni ${HOSTILE}`,
  target: HOSTILE,
  outcomes: (["passed", "failed", "warned", "skipped", "broken"] as const).map(
    (verdict) =>
      anOutcome({
        subject: HOSTILE,
        version: HOSTILE,
        verdict,
        reason: verdict === "passed" ? "" : HOSTILE,
        clause: { section: HOSTILE, level: "MUST", requirement: HOSTILE },
        calls: [
          aCall({
            program: HOSTILE,
            env: { CNI_ARGS: HOSTILE },
            stdin: HOSTILE,
            stdout: HOSTILE,
            stderr: HOSTILE,
            status: 1,
          }),
        ],
        differences: [{
          what: HOSTILE,
          lines: [`- ${HOSTILE}`],
          explained: { name: HOSTILE, reason: HOSTILE },
        }],
      }),
  ),
};

/** A process that keeps what is written to stderr. */
export function testProcess(
  { isTerminal = false, env = {} }: {
    readonly isTerminal?: boolean;
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): TerminalProcess & { readonly stderr: () => string } {
  let stderr = "";
  return {
    env: (name) => env[name] ?? "",
    writeStdout: () => {},
    writeStderr: (text) => void (stderr += text),
    readStdin: () => Promise.resolve(""),
    cwd: () => "/",
    isTerminal: () => isTerminal,
    onInterrupt: () => () => {},
    stderr: () => stderr,
  };
}
