import { assertEquals } from "@std/assert";
import { printable } from "./printable.ts";

Deno.test("printable() shows what would steer a terminal", () => {
  const cases: Record<string, string> = {
    "plain text, ü": "plain text, ü",
    "two\nlines\tand a tab": "two\nlines\tand a tab",
    "\u001b[2J\r\b": "\\u001b[2J\\u000d\\u0008",
    "\u009b31m\u007f": "\\u009b31m\\u007f",
    "a\u202eb\u2066c\u2028": "a\\u202eb\\u2066c\\u2028",
  };
  for (const [text, shown] of Object.entries(cases)) {
    assertEquals(printable(text), shown);
  }
  assertEquals(printable("a\nb\tc", { isLine: true }), "a\\u000ab\\u0009c");
});
