import { assert, assertEquals, assertThrows } from "@std/assert";
import { ExplanationError, parseExplanations } from "./explanation.ts";
import { toolkitExplanations } from "./toolkit_explanations.ts";

Deno.test("parseExplanations() reads a list", () => {
  const item = {
    ...{ name: "n", reason: "r", plugins: ["a"] },
    ...{ where: "^ADD", line: "^- x" },
  };
  assertEquals(parseExplanations(JSON.stringify([item]), "list.json"), [{
    ...{ name: "n", reason: "r", plugins: ["a"] },
    ...{ where: /^ADD/, line: /^- x/ },
  }]);
});

Deno.test("parseExplanations() says what is wrong, and where", async (t) => {
  const good = { name: "n", reason: "r", line: "x" };
  const cases: Readonly<Record<string, readonly [unknown, string]>> = {
    "no list": [{}, "no array of objects"],
    "no object": [[1], "no array of objects"],
    "no name": [[{ ...good, name: undefined }], "[0].name"],
    "no line": [[good, { ...good, line: "" }], "[1].line"],
    "no expression": [[{ ...good, line: "(" }], "[0].line"],
    "an unknown key": [[{ ...good, plugin: "x" }], "[0].plugin"],
    "plugins that are a text": [[{ ...good, plugins: "x" }], "[0].plugins"],
  };
  for (const [why, [value, expected]] of Object.entries(cases)) {
    await t.step(why, () => {
      assertThrows(
        () => parseExplanations(JSON.stringify(value), "list.json"),
        ExplanationError,
        expected,
      );
    });
  }
  assertThrows(
    () => parseExplanations("[", "list.json"),
    ExplanationError,
    "Cannot use list.json: line 1",
  );
});

Deno.test("the toolkit's explanations have the names of the documentation", () => {
  const page = Deno.readTextFileSync(
    new URL("../../docs/differences.md", import.meta.url),
  );
  const sections = new Map(
    page.split(/^## /m).map((section) => {
      const end = section.indexOf("\n");
      return [section.slice(0, end), section.slice(end)] as const;
    }),
  );
  for (const { name, plugins } of toolkitExplanations()) {
    const titles = plugins === undefined || name === "older-release"
      ? ["Older releases of the reference"]
      : plugins;
    for (const title of titles) {
      // What the plugin that it delegates to does is its own doing, too.
      const text = `${sections.get(title)}${sections.get("host-local")}`;
      assert(
        text.includes(`\`${name}\``),
        `docs/differences.md does not have ${name} under ${title}`,
      );
    }
  }
});
