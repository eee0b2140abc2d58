import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type CallRecord, Violation } from "../../suite/mod.ts";
import { demandRefusal, forEach } from "./refuse.ts";

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

Deno.test("demandRefusal() takes what ended by itself, with a status and one object", async (t) => {
  const refusal: CallRecord = {
    ...{ program: "/f/p", env: {}, stdin: "", stderr: "", timeMs: 1 },
    ...{ status: 1, stdout: '{"code":7,"msg":"no"}', timedOut: false },
  };
  const subject = { name: "p", folder: "/f", versions: ["1.1.0"] };
  const demandOf = (record: Partial<CallRecord>, versions = ["1.1.0"]) =>
    demandRefusal(
      { ...refusal, ...record },
      { subject: { ...subject, versions } },
      "Without a name",
    );
  demandOf({});
  demandOf({ stdout: " \n" });
  const cases: Record<string, () => void> = {
    "status 0": () => demandOf({ status: 0 }),
    "ended for taking too long": () => demandOf({ timedOut: true }),
    "no object": () => demandOf({ stdout: "no" }),
    "no answer to VERSION either": () => demandOf({}, []),
  };
  for (const [why, act] of Object.entries(cases)) {
    await t.step(why, () => void assertThrows(act, Violation));
  }
});
