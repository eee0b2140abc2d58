import { assertEquals, assertRejects } from "@std/assert";
import { Violation } from "../../suite/mod.ts";
import { forEach } from "./refuse.ts";

Deno.test("forEach() does all rows, and passes when none violates", async () => {
  const done: number[] = [];
  await forEach([1, 2, 3], async (row) => {
    await Promise.resolve();
    done.push(row);
  });
  assertEquals(done, [1, 2, 3]);
  await forEach([], () => Promise.reject(new Violation("Never")));
});

Deno.test("forEach() tells the violations of all rows, each once", async () => {
  const rows = ["One is wrong", "", "Two is wrong", "One is wrong"];
  const done: string[] = [];
  const error = await assertRejects(() =>
    forEach(rows, async (row) => {
      await Promise.resolve();
      done.push(row);
      if (row !== "") throw new Violation(row);
    }), Violation);
  assertEquals(error.message, "One is wrong\nTwo is wrong");
  assertEquals(done, rows);
});

Deno.test("forEach() stops at what is no violation", async () => {
  const error = new TypeError("A fault of the suite");
  const act = () => Promise.reject(error);
  assertEquals(await forEach([1], act).catch((thrown) => thrown), error);
});
