import { assertEquals } from "@std/assert";
import { matchesGlobs } from "./matches_globs.ts";

Deno.test("matchesGlobs() knows folders, and what is left out", async (t) => {
  const cases = {
    "in the folder": ["lib/net/cidr.ts", "lib/net/*", true],
    "not below it": ["lib/net/a/cidr.ts", "lib/net/*", false],
    "in any folder below": ["lib/net/a/cidr.ts", "lib/**", true],
    "a name in any folder": ["lib/net/cidr.ts", "**/cidr.ts", true],
    "a name in no folder": ["cidr.ts", "**/cidr.ts", true],
    "a part of a name": ["lib/net/cidr.ts", "lib/net/c*.ts", true],
    "a dot is a dot": ["lib/net/cidr_ts", "lib/net/cidr.ts", false],
    "not a part of the path": ["lib/net/cidr.ts", "net/cidr.ts", false],
    "one of two": ["tool/x.ts", "lib/**,tool/**", true],
    "left out": ["lib/net/cidr.ts", "lib/**,!lib/net/**", false],
    "nothing but left out": ["tool/x.ts", "!lib/**", false],
  } as const;
  for (const [why, [path, globs, expected]] of Object.entries(cases)) {
    await t.step(why, () => {
      assertEquals(matchesGlobs(path, globs.split(",")), expected);
    });
  }
});
