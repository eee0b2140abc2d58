import { assertEquals } from "@std/assert";
import { alignColumns } from "./align_columns.ts";
import { formatTable } from "./format_table.ts";
import type { Style } from "./style.ts";

/** Shows what is set off, and how. */
const MARKS: Style = {
  bold: (text) => `<b>${text}</b>`,
  dim: (text) => `<dim>${text}</dim>`,
  red: (text) => `<red>${text}</red>`,
  green: (text) => `<green>${text}</green>`,
  yellow: (text) => `<yellow>${text}</yellow>`,
};

Deno.test("alignColumns() makes columns as wide as their widest cell", () => {
  assertEquals(alignColumns([]), []);
  assertEquals(
    alignColumns([["a", "bb", "c"], ["aaa", "b"], ["", "", "ccc"]]),
    ["a    bb  c", "aaa  b", "         ccc"],
  );
});

Deno.test("formatTable() sets off the head alone", () => {
  assertEquals(
    formatTable(["NAME", "N"], [["lo", "1"], ["enp0s3", "22"]], MARKS),
    "<b>NAME    N</b>\nlo      1\nenp0s3  22\n",
  );
  assertEquals(formatTable(["NAME", "N"], [], MARKS), "<b>NAME  N</b>\n");
  assertEquals(formatTable([], [], MARKS), "<b></b>\n");
});
