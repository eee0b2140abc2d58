import { assert, assertEquals, assertFalse } from "@std/assert";
import { elementsOf, parseXml, type XmlElement } from "./_parse_xml.ts";
import { HOSTILE, HOSTILE_RUN, RUN } from "./_testing.ts";
import { htmlReporter } from "./html_reporter.ts";
import { printable } from "./printable.ts";

function classOf({ attributes }: XmlElement): string | undefined {
  return attributes.get("class");
}

Deno.test("htmlReporter() shows each case once, the worst first", () => {
  const root = parseXml(htmlReporter().end(RUN));
  const shown = elementsOf(root, "section").map((section) => [
    classOf(section),
    ...elementsOf(section, "article").map((article) =>
      `${classOf(article)} ${elementsOf(article, "code")[0]?.text}`
    ),
  ]);
  assertEquals(shown, [
    [
      "has-passed has-warned has-failed",
      "failed protocol/unknown-command",
      "warned lifecycle/check-route",
      "passed lifecycle/del-twice",
    ],
    [
      "has-skipped has-broken",
      "broken lifecycle/add",
      "skipped ipam/exhaustion",
      "skipped interface/mtu",
    ],
  ]);
});

Deno.test("htmlReporter() has a filter for each verdict that is there", () => {
  const root = parseXml(htmlReporter().end(RUN));
  assertEquals(
    elementsOf(root, "label").map(({ text }) => text.trim()),
    ["all 6", "1 failed", "1 broken", "1 warned", "2 skipped", "1 passed"],
  );
  const [style] = elementsOf(root, "style");
  for (const input of elementsOf(root, "input").slice(1)) {
    const value = input.attributes.get("value");
    assert(style!.text.includes(`input[value="${value}"]:checked`));
  }
});

Deno.test("htmlReporter() shows a failure's calls, the last one open", () => {
  const root = parseXml(htmlReporter().end(RUN));
  const failed = elementsOf(root, "article").find((one) =>
    classOf(one) === "failed"
  );
  const calls = elementsOf(failed!, "details");
  assertEquals(calls.map(({ attributes }) => attributes.has("open")), [
    false,
    true,
  ]);
  assertEquals(elementsOf(calls[1]!, "dd").map(({ text }) => text), [
    "CNI_COMMAND=ADD CNI_IFNAME=eth0 /opt/cni/bin/bridge",
    `{\n  "cniVersion": "1.1.0",\n  "name": "net"\n}`,
    "nothing",
    "panic: no\n  at all\n",
  ]);
});

Deno.test("htmlReporter() makes a page that loads nothing", () => {
  const page = htmlReporter().end(RUN);
  const root = parseXml(page);
  assertEquals(elementsOf(root, "script"), []);
  assertEquals(elementsOf(root, "link"), []);
  assertFalse(/\b(src|url|@import|https?:)/.test(
    page.replace("default-src 'none'; style-src", ""),
  ));
  const policies = elementsOf(root, "meta").map(({ attributes }) =>
    attributes.get("content")
  );
  assert(policies.includes("default-src 'none'; style-src 'unsafe-inline'"));
});

Deno.test("htmlReporter() keeps hostile output in its quotes", () => {
  const root = parseXml(htmlReporter().end(HOSTILE_RUN));
  assertEquals(elementsOf(root, "script"), []);
  const reasons = elementsOf(root, "p").filter((one) =>
    classOf(one) === "reason"
  );
  assertEquals(
    reasons.map(({ text }) => text),
    Array(4).fill(
      printable(HOSTILE),
    ),
  );
});
