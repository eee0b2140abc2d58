import { assertEquals, assertRejects } from "@std/assert";
import { UndoStack, withUndo } from "./undo.ts";

Deno.test("UndoStack.unwind() undoes last first, one at a time", async () => {
  const log: string[] = [];
  const undo = new UndoStack();
  for (const name of ["a", "b", "c"]) {
    undo.push(async () => {
      log.push(`${name} begins`);
      await Promise.resolve();
      log.push(`${name} ends`);
    });
  }
  assertEquals(await undo.unwind(), []);
  assertEquals(log, [
    "c begins",
    "c ends",
    "b begins",
    "b ends",
    "a begins",
    "a ends",
  ]);
});

Deno.test("UndoStack.unwind() goes on after failures and returns them", async () => {
  const log: string[] = [];
  const undo = new UndoStack();
  undo.push(() => Promise.resolve(void log.push("a")));
  undo.push(() => Promise.reject("b"));
  undo.push(() => {
    throw new TypeError("c");
  });
  undo.push(() => Promise.resolve(void log.push("d")));
  assertEquals((await undo.unwind()).map(String), ["TypeError: c", "b"]);
  assertEquals(log, ["d", "a"]);
});

Deno.test("UndoStack.unwind() forgets what it has undone", async () => {
  let count = 0;
  const undo = new UndoStack();
  undo.push(() => Promise.resolve(void count++));
  await undo.unwind();
  assertEquals(await undo.unwind(), []);
  assertEquals(count, 1);
});

Deno.test("UndoStack.unwind() undoes what is pushed on the way", async () => {
  const log: string[] = [];
  const undo = new UndoStack();
  undo.push(() => Promise.resolve(void log.push("a")));
  undo.push(() => {
    undo.push(() => Promise.resolve(void log.push("late")));
    return Promise.resolve();
  });
  await undo.unwind();
  assertEquals(log, ["late", "a"]);
});

Deno.test("withUndo() undoes nothing on success", async () => {
  const result = await withUndo((undo) => {
    undo.push(() => Promise.reject(new Error("undone")));
    return Promise.resolve(7);
  }, (message) => Promise.reject(message));
  assertEquals(result, 7);
});

Deno.test("withUndo() undoes on failure, warns of faults and throws the first error", async () => {
  const log: string[] = [];
  const act = withUndo((undo) => {
    undo.push(() => Promise.resolve(void log.push("a")));
    undo.push(() => Promise.reject(new RangeError("b")));
    undo.push(() => Promise.reject("c"));
    return Promise.reject(new TypeError("body"));
  }, (message) => log.push(message));
  await assertRejects(() => act, TypeError, "body");
  assertEquals(log, ["a", "Cannot undo: c", "Cannot undo: RangeError: b"]);
});

Deno.test("withUndo() undoes when the body throws before its first await", async () => {
  const log: string[] = [];
  const act = withUndo((undo) => {
    undo.push(() => Promise.resolve(void log.push("a")));
    throw new TypeError("body");
  }, () => {});
  await assertRejects(() => act, TypeError, "body");
  assertEquals(log, ["a"]);
});
