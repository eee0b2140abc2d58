import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { parseXml } from "../../conformance/report/_parse_xml.ts";
import { BIN, kernelTest, run } from "./_harness.ts";

const COMMAND = [`${BIN}/cni`, "conformance", "--runtime"];

kernelTest("our cnitool keeps all clauses for runtimes", async () => {
  const words = [...COMMAND, `${BIN}/cnitool`, "--spec", "1.1.0"];
  const { status, stdout } = await run([...words, "--format", "json"]);
  const { counts, outcomes } = JSON.parse(stdout);
  const bad = outcomes.filter((one: { verdict: string }) =>
    !["passed", "skipped"].includes(one.verdict)
  );
  assertEquals(bad, []);
  assertEquals(status, 0);
  // Those are about older versions.
  assertEquals(counts.skipped, 4);
});

kernelTest("a runtime can be told on in every format", async (_host, t) => {
  const formats: Readonly<Record<string, (text: string) => void>> = {
    table: (text) => assertMatch(text, /^failed .*: runtime\/add-order \(1/m),
    tap: (text) => assertStringIncludes(text, "\n1..2\nnot ok 1 - "),
    junit: (text) => void parseXml(text),
    json: (text) => assertEquals(JSON.parse(text).counts.failed, 2),
    html: (text) => void parseXml(text),
  };
  const cases = ["--case", "runtime/add-order", "--case", "runtime/netns"];
  for (const [format, read] of Object.entries(formats)) {
    await t.step(format, async () => {
      const { status, stdout, stderr } = await run([
        ...[...COMMAND, "true", "--spec", "1.0.0", ...cases],
        ...["--format", format],
      ]);
      assertEquals([status, stderr], [1, ""]);
      read(stdout);
    });
  }
});

kernelTest("a runtime that is not there is wrong usage", async () => {
  const { status, stderr } = await run([...COMMAND, "/nope --now"]);
  assertEquals(status, 2);
  assertStringIncludes(stderr, 'Cannot find the runtime "/nope"');
});
