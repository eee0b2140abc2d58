import { assertEquals, assertThrows } from "@std/assert";
import { CniCode, CniError } from "../spec/mod.ts";
import { findPlugin } from "./find_plugin.ts";
import { testPlugins } from "./_testing.ts";

const isWindows = Deno.build.os === "windows";

Deno.test({
  name: "findPlugin() takes the first regular file, executable or not",
  ignore: isWindows,
  fn() {
    using plugins = testPlugins();
    const { folder } = plugins;
    Deno.mkdirSync(`${folder}/one/bridge`, { recursive: true });
    Deno.mkdirSync(`${folder}/two`);
    Deno.writeTextFileSync(`${folder}/two/bridge`, "");
    Deno.mkdirSync(`${folder}/three`);
    Deno.symlinkSync(`${folder}/two/bridge`, `${folder}/three/bridge`);

    const find = (...names: string[]) =>
      findPlugin("bridge", names.map((name) => `${folder}/${name}`));
    assertEquals(find("none", "one", "two", "three"), [
      { path: `${folder}/two/bridge`, isSeen: true },
    ]);
    assertEquals(find("three", "two"), [
      { path: `${folder}/three/bridge`, isSeen: true },
    ]);
  },
});

Deno.test({
  name: "findPlugin() keeps what it may not look at",
  permissions: { read: false },
  ignore: isWindows,
  fn() {
    assertEquals(findPlugin("bridge", ["/a", "/b"]), [
      { path: "/a/bridge", isSeen: false },
      { path: "/b/bridge", isSeen: false },
    ]);
  },
});

Deno.test("findPlugin() says what it could not find, and where", async (t) => {
  const { InvalidConfig, InvalidEnvironment } = CniCode;
  const cases: Record<string, [string, string[], number, string]> = {
    "no name": ["", ["/a"], InvalidConfig, "no plugin name provided"],
    "no name of a file": [
      "../x",
      ["/a"],
      InvalidConfig,
      "invalid plugin name: ../x",
    ],
    "no folders": ["x", [], InvalidEnvironment, "no paths provided"],
    "not there": [
      "nope",
      ["/nope/a", "/nope/b"],
      InvalidConfig,
      'failed to find plugin "nope" in path [/nope/a /nope/b]',
    ],
  };
  for (const [why, [type, folders, code, text]] of Object.entries(cases)) {
    await t.step(why, () => {
      const error = assertThrows(() => findPlugin(type, folders), CniError);
      assertEquals([error.code, error.message], [code, text]);
    });
  }
});
