import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { formatNotices, readPackages } from "./notices.ts";
import { PROJECT_ROOT } from "./project.ts";

Deno.test("readPackages() knows the licence of every package of the program", async () => {
  const packages = await readPackages(PROJECT_ROOT);
  const names = packages.map(({ name }) => name);
  assert(names.includes("@clack/prompts"), `${names}`);
  assert(names.includes("sisteransi"), "not what a package needs in its turn");
  assert(!names.includes("@grpc/grpc-js"), "what only tests use");
  for (const { notice } of packages) {
    assertStringIncludes(notice, "Permission is hereby granted");
    assertStringIncludes(notice, "Copyright");
  }
});

Deno.test("formatNotices() tells the packages by name", () => {
  const text = formatNotices([
    { name: "b", version: "2.0.0", notice: "\nOf B\n" },
    { name: "a", version: "1.0.0", notice: "Of A" },
  ]);
  const lines = text.split("\n").filter((line) => / \d\./.test(line));
  assertEquals(lines, ["a 1.0.0", "b 2.0.0"]);
  assertStringIncludes(text, "b 2.0.0\n\nOf B\n");
});
