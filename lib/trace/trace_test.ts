import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { startTrace, traced } from "./trace.ts";

/** Collects the lines of a trace while `act` runs. */
async function linesOf(act: () => Promise<unknown>): Promise<string[]> {
  const lines: string[] = [];
  startTrace((line) => lines.push(line));
  try {
    await act();
  } finally {
    startTrace();
  }
  return lines;
}

Deno.test("traced() tells a step's times on one line", async () => {
  const lines = await linesOf(() =>
    traced(() => "make\na \u001b[31mpair", () => Promise.resolve())
  );
  assertEquals(lines.length, 1);
  assertMatch(
    lines[0] ?? "",
    /^cni trace: +\d+\.\d - +\d+\.\d ms +\d+\.\d ms {2}make a {2}\[31mpair\n$/,
  );
});

Deno.test("traced() tells a failure and passes it on", async () => {
  const lines = await linesOf(() =>
    assertRejects(() =>
      traced(() => "enter", () => Promise.reject(new RangeError("no")))
    )
  );
  assertMatch(lines[0] ?? "", / {2}enter \(failed\)\n$/);
});

Deno.test("traced() tells the parts of a step before the step", async () => {
  const lines = await linesOf(() =>
    traced(() => "whole", () => traced(() => "part", () => Promise.resolve()))
  );
  assertEquals(lines.map((line) => line.trimEnd().split("  ").at(-1)), [
    "part",
    "whole",
  ]);
});

Deno.test("traced() does not ask for the text without a trace", async () => {
  const act = () => Promise.resolve("done");
  const step = () => {
    throw new Error("asked");
  };
  assertEquals(await traced(step, act), "done");
});
