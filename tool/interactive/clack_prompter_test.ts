import { assertEquals } from "@std/assert";
import process from "node:process";
import { clackPrompter } from "./clack_prompter.ts";

Deno.test("clackPrompter() shows the prompts two variables, if they are set", async (t) => {
  const names = ["TERM", "NO_COLOR", "FORCE_COLOR"];
  const before = names.map((name) => [name, Deno.env.get(name)] as const);
  const whole = Object.getOwnPropertyDescriptor(process, "env");
  const cases: Record<
    string,
    readonly Readonly<Record<string, string | undefined>>[]
  > = {
    "both, and another": [
      { TERM: "xterm", NO_COLOR: "1", FORCE_COLOR: "1" },
      { TERM: "xterm", NO_COLOR: "1" },
    ],
    "an empty one": [{ TERM: "xterm", NO_COLOR: "" }, { TERM: "xterm" }],
    "none": [{}, {}],
  };
  try {
    for (const [why, [given = {}, expected = {}]] of Object.entries(cases)) {
      await t.step(why, async () => {
        for (const name of names) setVariable(name, given[name]);
        await clackPrompter();
        assertEquals({ ...process.env }, expected);
      });
    }
  } finally {
    Object.defineProperty(process, "env", whole!);
    for (const [name, value] of before) setVariable(name, value);
  }
});

function setVariable(name: string, value: string | undefined): void {
  if (value === undefined) Deno.env.delete(name);
  else Deno.env.set(name, value);
}
