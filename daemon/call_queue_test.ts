import { assertEquals, assertRejects } from "@std/assert";
import { CallQueue } from "./call_queue.ts";

/** Calls that end when told, and a record of what began and ended. */
function fakeCalls(queue: CallQueue) {
  const events: string[] = [];
  const ends = new Map<string, () => void>();
  const call = (name: string, key?: string) =>
    queue.run({
      key,
      start: async () => {
        events.push(`begin ${name}`);
        await new Promise<void>((resolve) => ends.set(name, resolve));
        events.push(`end ${name}`);
      },
    });
  const end = async (name: string) => {
    ends.get(name)!();
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { events, call, end };
}

const settle = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("CallQueue runs calls in their order, some at a time", async () => {
  const queue = new CallQueue(2);
  const { events, call, end } = fakeCalls(queue);
  const all = ["a", "b", "c", "d"].map((name) => call(name));
  await settle();
  assertEquals(events, ["begin a", "begin b"]);
  assertEquals([queue.running, queue.waiting], [2, 2]);
  await end("b");
  assertEquals(events.slice(2), ["end b", "begin c"]);
  for (const name of ["a", "c", "d"]) await end(name);
  await Promise.all(all);
  assertEquals([queue.running, queue.waiting], [0, 0]);
});

Deno.test("CallQueue never runs two calls of one key at once", async () => {
  const queue = new CallQueue(2);
  const { events, call, end } = fakeCalls(queue);
  const all = [call("add", "c1"), call("del", "c1"), call("other", "c2")];
  await settle();
  // The one that waits for its key takes no place.
  assertEquals(events, ["begin add", "begin other"]);
  await end("add");
  assertEquals(events.slice(2), ["end add", "begin del"]);
  await end("del");
  await end("other");
  await Promise.all(all);
});

Deno.test("CallQueue goes on after a call that fails", async () => {
  const queue = new CallQueue(1);
  const fail = () => Promise.reject(new Error("no"));
  await assertRejects(() => queue.run({ key: "c1", start: fail }), Error, "no");
  const start = () => Promise.resolve(1);
  assertEquals(await queue.run({ key: "c1", start }), 1);
});

Deno.test("CallQueue lets a call run alone that has to", async () => {
  const queue = new CallQueue(4);
  const events: string[] = [];
  const ends = new Map<string, () => void>();
  const call = (name: string, isAlone = false) =>
    queue.run({
      key: undefined,
      isAlone,
      start: async () => {
        events.push(`begin ${name}`);
        await new Promise<void>((resolve) => ends.set(name, resolve));
        events.push(`end ${name}`);
      },
    });
  const all = [call("a"), call("loner", true), call("b"), call("c")];
  await settle();
  assertEquals(events, ["begin a"]);
  ends.get("a")!();
  await settle();
  assertEquals(events.slice(1), ["end a", "begin loner"]);
  ends.get("loner")!();
  await settle();
  assertEquals(events.slice(3), ["end loner", "begin b", "begin c"]);
  ends.get("b")!();
  ends.get("c")!();
  await Promise.all(all);
});

Deno.test("CallQueue gives a place that is lent to another", async () => {
  const queue = new CallQueue(1);
  const { events, call, end } = fakeCalls(queue);
  const all = ["a", "b", "c"].map((name) => call(name));
  await settle();
  assertEquals([events, queue.isCrowded], [["begin a"], true]);
  const place = queue.lend();
  await settle();
  assertEquals(events, ["begin a", "begin b"]);
  // Both are at work again: the place of the first that ends is not free.
  place[Symbol.dispose]();
  await end("a");
  assertEquals(events, ["begin a", "begin b", "end a"]);
  await end("b");
  assertEquals(events.at(-1), "begin c");
  await end("c");
  await Promise.all(all);
  assertEquals(queue.isCrowded, false);
});

Deno.test("CallQueue lends three times its places at most", async () => {
  const queue = new CallQueue(1);
  const { events, call, end } = fakeCalls(queue);
  using _first = queue.lend();
  using _second = queue.lend();
  using _third = queue.lend();
  using _fourth = queue.lend();
  const names = ["a", "b", "c", "d", "e"];
  const all = names.map((name) => call(name));
  await settle();
  assertEquals(events.length, 4);
  for (const name of names) await end(name);
  await Promise.all(all);
});
