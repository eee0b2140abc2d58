import { assertEquals } from "@std/assert";
import { formatReport, formatTrial, type Trial } from "./format_report.ts";
import type { Verdict } from "./try_mutation.ts";

function trialOf(file: string, verdict: Verdict): Trial {
  const lineText = "if (a === b) return;";
  const where = { file, start: 10, line: 3, lineText };
  return { mutation: { ...where, old: "===", new: "!==" }, verdict };
}

Deno.test("formatTrial() shows the line of a change that survived", () => {
  assertEquals(
    formatTrial(trialOf("lib/net/a.ts", "survived")),
    "survived        lib/net/a.ts:3  === → !==\n" +
      "                if (a === b) return;",
  );
  assertEquals(
    formatTrial(trialOf("lib/net/a.ts", "caught")),
    "caught          lib/net/a.ts:3  === → !==",
  );
});

Deno.test("formatReport() counts what compiles, by parts and in all", () => {
  const report = formatReport([
    trialOf("tool/a/b.ts", "caught"),
    trialOf("lib/net/a.ts", "caught"),
    trialOf("lib/net/b.ts", "survived"),
    trialOf("lib/net/b.ts", "caught"),
    trialOf("lib/net/b.ts", "did not compile"),
  ]);
  assertEquals(
    report,
    "lib/net                   2 of 3 caught (66 %), 1 survived; 1 did not compile\n" +
      "tool                      1 of 1 caught (100 %), 0 survived; 0 did not compile\n" +
      "3 of 4 caught (75 %), 1 survived; 1 did not compile\n",
  );
});
