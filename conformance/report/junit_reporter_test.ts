import { assertEquals, assertStringIncludes } from "@std/assert";
import { elementsOf, parseXml } from "./_parse_xml.ts";
import { HOSTILE, HOSTILE_RUN, RUN } from "./_testing.ts";
import { junitReporter } from "./junit_reporter.ts";
import { printable } from "./printable.ts";

Deno.test("junitReporter() has a suite for each plugin, and counts", () => {
  const root = parseXml(junitReporter().end(RUN));
  assertEquals(Object.fromEntries(root.attributes), {
    name: "cni conformance 1.2.3: /opt/cni/bin",
    tests: "6",
    failures: "1",
    errors: "1",
    time: "1.440",
  });
  const suites = root.children.map(({ attributes }) => [
    ...["name", "tests", "failures", "errors", "skipped"]
      .map((key) => attributes.get(key)),
  ]);
  assertEquals(suites, [
    ["bridge", "3", "1", "0", "0"],
    ["vlan", "3", "0", "1", "2"],
  ]);
});

Deno.test("junitReporter() tells each verdict by its element", () => {
  const root = parseXml(junitReporter().end(RUN));
  const cases = elementsOf(root, "testcase").map((one) => [
    one.attributes.get("classname"),
    one.attributes.get("name"),
    ...one.children.map((child) =>
      `${child.name}: ${child.attributes.get("message") ?? ""}`
    ),
  ]);
  assertEquals(cases, [
    ["bridge.lifecycle", "lifecycle/del-twice (1.1.0)"],
    ["bridge.lifecycle", "lifecycle/check-route (1.1.0)", "system-out: "],
    [
      "bridge.protocol",
      "protocol/unknown-command (1.1.0)",
      "failure: Expected an error object on stdout, found nothing",
    ],
    [
      "vlan.ipam",
      "ipam/exhaustion (1.1.0)",
      "skipped: needs links of kind vlan",
    ],
    [
      "vlan.interface",
      "interface/mtu (1.1.0)",
      "skipped: needs links of kind vlan",
    ],
    [
      "vlan.lifecycle",
      "lifecycle/add (1.1.0)",
      "error: Cannot make a namespace",
    ],
  ]);
  const [failure] = elementsOf(root, "failure");
  assertStringIncludes(failure!.text, "stderr: panic: no");
});

Deno.test("junitReporter() keeps hostile output in its quotes", () => {
  const root = parseXml(junitReporter().end(HOSTILE_RUN));
  const names = new Set(
    root.children.flatMap((suite) =>
      suite.children.flatMap((one) => one.children.map(({ name }) => name))
    ),
  );
  const expected = ["failure", "error", "skipped", "system-out"];
  assertEquals([...names].toSorted(), expected.toSorted());
  assertStringIncludes(
    elementsOf(root, "failure")[0]!.text,
    printable(HOSTILE),
  );
});
