import { assertEquals, assertRejects } from "@std/assert";
import { type Command, UndoStack } from "../../../lib/linux/mod.ts";
import { CniError } from "../../../lib/spec/mod.ts";
import { wantedWith } from "./_testing.ts";
import { addRules } from "./tables_linux.ts";

Deno.test("addRules() says that an administrator's chain cannot be made", async (t) => {
  const cases: Record<string, readonly [number, string, number]> = {
    "a target that only iptables knows": [
      3,
      "chain name may not clash with target name",
      7,
    ],
    "another line": [2, "chain name may not clash with target name", 999],
    "a lock": [3, "Another app is currently holding the xtables lock", 11],
  };
  for (const [why, [line, words, code]] of Object.entries(cases)) {
    await t.step(why, async () => {
      const run = ({ program }: Command) =>
        Promise.resolve(
          program === "iptables" ? { status: 0, stdout: "", stderr: "" } : {
            status: 2,
            stdout: "",
            stderr:
              `iptables-restore: ${words}\nError occurred at line: ${line}`,
          },
        );
      const wanted = wantedWith({ adminChain: "ODD" });
      const adding = addRules(wanted, { family: 4, run }, new UndoStack());
      const error = await assertRejects(() => adding, CniError);
      assertEquals(error.code, code);
      assertEquals(error.details.includes(words), true, error.details);
      assertEquals(error.details.includes('is "ODD"'), code === 7);
    });
  }
});
