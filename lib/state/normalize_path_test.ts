import { assertEquals } from "@std/assert";
import { normalizePath, parentOf } from "./normalize_path.ts";

Deno.test("normalizePath() goes by the text alone", async (t) => {
  const cases = {
    "as it is": ["/a/b", "/a/b"],
    "slash at the end": ["/a/b/", "/a/b"],
    "doubled slash": ["//a///b", "/a/b"],
    "dots": ["/a/./b/../c", "/a/c"],
    "dots above the root": ["/../../a", "/a"],
    "the root": ["/", "/"],
    "relative": ["a/../b", `${Deno.cwd()}/b`],
  } as const;
  for (const [why, [path, normal]] of Object.entries(cases)) {
    await t.step({
      name: why,
      ignore: Deno.build.os === "windows",
      fn: () => assertEquals(normalizePath(path), normal),
    });
  }
});

Deno.test("parentOf() ends at the root", () => {
  const chain: (string | undefined)[] = ["/a/b"];
  while (chain.at(-1) !== undefined) chain.push(parentOf(chain.at(-1)!));
  assertEquals(chain, ["/a/b", "/a", "/", undefined]);
  assertEquals(parentOf("C:/a"), "C:/");
  assertEquals(parentOf("C:/"), undefined);
});
