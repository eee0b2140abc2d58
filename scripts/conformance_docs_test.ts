import { assertEquals, assertThrows } from "@std/assert";
import { putBetweenMarks } from "./conformance_docs.ts";

Deno.test("putBetweenMarks() replaces what stands between", () => {
  const page = "a\n<!-- begin x -->\nold\n<!-- end x -->\nb\n";
  const changed = "a\n<!-- begin x -->\n\nnew\n<!-- end x -->\nb\n";
  assertEquals(putBetweenMarks(page, "x", "new"), changed);
  assertThrows(() => putBetweenMarks(page, "y", "new"), Error, "begin y");
});
