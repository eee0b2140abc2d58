import { assertEquals } from "@std/assert";
import { CniCode } from "./code.ts";
import { assertRefuses } from "./_testing.ts";
import { resultFamilyOf, versionsOfFamily } from "./result_family.ts";

Deno.test("versionsOfFamily() and resultFamilyOf() agree", () => {
  const families = ["ip4-ip6", "versioned-ips", "ips"] as const;
  const versions = families.map(versionsOfFamily);
  assertEquals(versions, [
    ["0.1.0", "0.2.0"],
    ["0.3.0", "0.3.1", "0.4.0"],
    ["1.0.0", "1.1.0"],
  ]);
  for (const [index, family] of families.entries()) {
    const own = versions[index]!.map(resultFamilyOf);
    assertEquals(own, Array(own.length).fill(family));
  }
});

Deno.test("resultFamilyOf() refuses versions that were never published", () => {
  for (const version of ["", "1.1", "0.5.0", "2.0.0", "banana"]) {
    assertRefuses(
      () => resultFamilyOf(version),
      CniCode.IncompatibleVersion,
      `unsupported CNI result version "${version}"`,
      "expected one of 0.1.0, 0.2.0, 0.3.0, 0.3.1, 0.4.0, 1.0.0, 1.1.0",
    );
  }
});
