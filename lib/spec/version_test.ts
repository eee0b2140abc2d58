import { assertEquals } from "@std/assert";
import { CniCode } from "./code.ts";
import { assertRefuses } from "./_testing.ts";
import {
  compareVersions,
  CURRENT_VERSION,
  IMPLIED_VERSION,
  isAtLeast,
  isSpecVersion,
  SPEC_VERSIONS,
  versionsFrom,
} from "./version.ts";

Deno.test("SPEC_VERSIONS is in order, from the implied to the current one", () => {
  assertEquals([...SPEC_VERSIONS].sort(compareVersions), [...SPEC_VERSIONS]);
  assertEquals(SPEC_VERSIONS[0], IMPLIED_VERSION);
  assertEquals(SPEC_VERSIONS.at(-1), CURRENT_VERSION);
});

Deno.test("isSpecVersion() takes published versions to the letter", () => {
  assertEquals(SPEC_VERSIONS.map(isSpecVersion), Array(7).fill(true));
  const others = ["", "1.1", "01.0.0", "0.5.0", "1.1.1", " 1.0.0", "v1.0.0"];
  assertEquals(others.map(isSpecVersion), Array(others.length).fill(false));
});

Deno.test("versionsFrom() lists a version and all newer ones", () => {
  assertEquals(versionsFrom("0.1.0"), SPEC_VERSIONS);
  assertEquals(versionsFrom("0.4.0"), ["0.4.0", "1.0.0", "1.1.0"]);
  assertEquals(versionsFrom("1.1.0"), ["1.1.0"]);
});

Deno.test("compareVersions() compares part by part", async (t) => {
  const cases: Record<string, readonly [a: string, b: string, sign: number]> = {
    "equal": ["1.0.0", "1.0.0", 0],
    "major first": ["1.0.0", "0.4.9", 1],
    "minor next": ["0.3.1", "0.4.0", -1],
    "micro last": ["0.3.1", "0.3.0", 1],
    "as numbers, not as text": ["0.10.0", "0.9.0", 1],
    "minor part missing": ["1", "1.0.0", 0],
    "micro part missing": ["1.1", "1.1.0", 0],
    "empty is 0.1.0": ["", "0.1.0", 0],
    "leading zeros": ["01.00.0", "1.0.0", 0],
    "negative part": ["0.-42.0", "0.0.0", -1],
    "plus sign": ["+1.0.0", "1.0.0", 0],
  };
  for (const [why, [a, b, sign]] of Object.entries(cases)) {
    await t.step(why, () => {
      assertEquals(Math.sign(compareVersions(a, b)), sign);
      assertEquals(Math.sign(compareVersions(b, a)), sign === 0 ? 0 : -sign);
    });
  }
});

Deno.test("compareVersions() refuses what is no version", async (t) => {
  const cases = {
    "four parts": "1.0.0.0",
    "word": "latest",
    "prefix": "v1.0.0",
    "pre-release": "1.0.0-rc1",
    "empty part": "1..0",
    "dot last": "1.0.",
    "blank": " ",
    "blank before": " 1.0.0",
    "newline after": "1.0.0\n",
    "fraction in words": "1,0",
    "hexadecimal": "0x1.0.0",
  };
  for (const [why, text] of Object.entries(cases)) {
    await t.step(why, () => {
      const code = CniCode.DecodingFailure;
      const said = ["cniVersion", `"${text}"`, '"1.1.0"'];
      assertRefuses(() => compareVersions(text, "1.0.0"), code, ...said);
      assertRefuses(() => compareVersions("1.0.0", text), code, ...said);
    });
  }
});

Deno.test("isAtLeast() takes the version itself and newer ones", () => {
  const versions = ["", "0.3.1", "0.4.0", "0.4", "1.0.0", "2"];
  assertEquals(
    versions.map((version) => isAtLeast(version, "0.4.0")),
    [false, false, true, true, true, true],
  );
});
