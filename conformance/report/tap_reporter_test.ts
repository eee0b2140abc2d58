import { assert, assertEquals, assertMatch } from "@std/assert";
import { parse } from "@std/yaml/parse";
import { HOSTILE, HOSTILE_RUN, RUN } from "./_testing.ts";
import { printable } from "./printable.ts";
import { tapReporter } from "./tap_reporter.ts";

/** A test point, read as TAP 14 says. */
interface Point {
  readonly ok: boolean;
  readonly number: number;
  readonly directive?: string;
  readonly yaml?: Record<string, unknown>;
}

/** Reads TAP; whatever is neither plan, comment nor test fails. */
function readTap(text: string): readonly Point[] {
  const [version, ...lines] = text.trimEnd().split("\n");
  assertEquals(version, "TAP version 14");
  const points: Point[] = [];
  let plan: number | undefined;
  while (lines.length > 0) {
    const line = lines.shift()!;
    if (line.startsWith("# ")) continue;
    if (/^1\.\.\d+$/.test(line)) {
      assertEquals(plan, undefined);
      plan = Number(line.slice(3));
      continue;
    }
    const match = /^(not )?ok (\d+) - (.*)$/.exec(line);
    assert(match !== null, `Not TAP: ${line}`);
    const [, not, number, rest = ""] = match;
    const directive = /(?<!\\) # (SKIP|TODO)\b/.exec(rest)?.[1];
    let yaml: Record<string, unknown> | undefined;
    if (lines[0] === "  ---") {
      const end = lines.indexOf("  ...");
      yaml = parse(lines.slice(1, end).join("\n")) as Record<string, unknown>;
      lines.splice(0, end + 1);
    }
    points.push({
      ok: not === undefined,
      number: Number(number),
      ...(directive === undefined ? {} : { directive }),
      ...(yaml === undefined ? {} : { yaml }),
    });
  }
  assertEquals(plan, points.length);
  return points;
}

Deno.test("tapReporter() tells each verdict", () => {
  const points = readTap(tapReporter().end(RUN));
  assertEquals(
    points.map(({ ok, number, directive }) => [ok, number, directive]),
    [
      [true, 1, undefined],
      [false, 2, "TODO"],
      [false, 3, undefined],
      [true, 4, "SKIP"],
      [true, 5, "SKIP"],
      [false, 6, undefined],
    ],
  );
});

Deno.test("tapReporter() tells what is known of a failure in YAML", () => {
  const { yaml } = readTap(tapReporter().end(RUN))[2]!;
  assertEquals(yaml, {
    message: "Expected an error object on stdout, found nothing",
    severity: "fail",
    level: "MUST",
    clause: `CNI 1.1.0, section 2, "DEL"`,
    duration_ms: 40,
    calls: 2,
    program: "/opt/cni/bin/bridge",
    env: { CNI_COMMAND: "ADD", CNI_IFNAME: "eth0" },
    input: `{"cniVersion":"1.1.0","name":"net"}`,
    status: 2,
    output: "",
    stderr: "panic: no\n  at all\n",
  });
});

Deno.test("tapReporter() keeps hostile output on its lines", () => {
  const text = tapReporter().end(HOSTILE_RUN);
  const points = readTap(text);
  assertEquals(points.length, HOSTILE_RUN.outcomes.length);
  assertEquals(points[0]!.directive, undefined);
  assertEquals(points[1]!.yaml!.output, printable(HOSTILE));
  assertMatch(text, /^[\t\n\u0020-\u007e]*$/);
});
