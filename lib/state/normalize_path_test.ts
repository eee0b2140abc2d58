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
    "relative": ["a/../b", "/here/b"],
    "what is a drive elsewhere": ["C:/a", "/here/C:/a"],
    "what is a slash elsewhere": ["/a\\..\\b", "/a\\..\\b"],
  } as const;
  for (const [why, [path, normal]] of Object.entries(cases)) {
    await t.step(why, () => {
      const rules = { os: "linux", cwd: () => "/here" } as const;
      assertEquals(normalizePath(path, rules), normal);
    });
  }
});

Deno.test("normalizePath() knows drives and backslashes on Windows", async (t) => {
  const cases = {
    "a drive": ["C:\\a\\b", "C:/a/b"],
    "both slashes": ["C:/a\\.\\b/../c", "C:/a/c"],
    "dots above the drive": ["C:\\..\\..\\a", "C:/a"],
    "the root of the drive in use": ["\\var\\lib\\cni", "/var/lib/cni"],
    "as CNI writes it": ["/run/flannel", "/run/flannel"],
    "relative": ["a\\b", "D:/here/a/b"],
  } as const;
  for (const [why, [path, normal]] of Object.entries(cases)) {
    await t.step(why, () => {
      const rules = { os: "windows", cwd: () => "D:\\here" } as const;
      assertEquals(normalizePath(path, rules), normal);
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
