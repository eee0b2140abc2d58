import { assertEquals } from "@std/assert";
import {
  isPluginName,
  joinPluginPath,
  type Os,
  pluginCandidates,
  splitPluginPath,
} from "./plugin_path.ts";

Deno.test("splitPluginPath() splits as the system does", async (t) => {
  const cases: Record<string, [string, Os, string[]]> = {
    "empty is no folder": ["", "linux", []],
    "colons on Linux": ["/a:/b", "linux", ["/a", "/b"]],
    "stray separators": [":/a::", "linux", ["/a"]],
    "a drive is no separator on Windows": [
      "C:\\a;D:\\b",
      "windows",
      ["C:\\a", "D:\\b"],
    ],
  };
  for (const [why, [text, os, folders]] of Object.entries(cases)) {
    await t.step(why, () => {
      assertEquals(splitPluginPath(text, os), folders);
    });
  }
});

Deno.test("joinPluginPath() is the reverse", () => {
  assertEquals(joinPluginPath(["/a", "/b"], "linux"), "/a:/b");
  assertEquals(joinPluginPath(["C:\\a", "D:\\b"], "windows"), "C:\\a;D:\\b");
});

Deno.test("pluginCandidates() never leaves a bare name to PATH", () => {
  assertEquals(
    pluginCandidates("p", ["/a", "/b/", ".", "bin", "../x"], "linux"),
    ["/a/p", "/b/p", "./p", "./bin/p", "../x/p"],
  );
});

Deno.test("pluginCandidates() prefers .exe on Windows", () => {
  assertEquals(pluginCandidates("p", ["C:\\a", "C:/b/"], "windows"), [
    "C:\\a\\p.exe",
    "C:\\a\\p",
    "C:/b/p.exe",
    "C:/b/p",
  ]);
});

Deno.test("isPluginName() refuses what names a folder", async (t) => {
  const cases: Record<string, [string, Os, boolean]> = {
    "plain": ["bridge", "linux", true],
    "slash": ["../bridge", "linux", false],
    "NUL": ["bri\0dge", "linux", false],
    "backslash is a character on Linux": ["a\\b", "linux", true],
    "backslash on Windows": ["a\\b", "windows", false],
    "drive on Windows": ["c:b", "windows", false],
  };
  for (const [why, [type, os, expected]] of Object.entries(cases)) {
    await t.step(why, () => assertEquals(isPluginName(type, os), expected));
  }
});
