import { assertEquals } from "@std/assert";
import { pluginFolderOf } from "./read_network.ts";

Deno.test("pluginFolderOf() names a folder for lists that may have one", async (t) => {
  const cases: Record<string, [string, string, string | undefined]> = {
    "beside the file": ["/x/a.conflist", '{"name":"n"}', "/x/n"],
    "in the working folder": ["a.conflist", '{"name":"n"}', "n"],
    "a list that forbids it": [
      "/x/a.conflist",
      '{"name":"n","loadOnlyInlinedPlugins":true,"plugins":[{"type":"t"}]}',
      undefined,
    ],
    "a name that leads elsewhere": [
      "/x/a.conflist",
      '{"name":"../n"}',
      undefined,
    ],
    "a single plugin": ["/x/a.conf", '{"name":"n","type":"t"}', undefined],
    "stdin": ["-", '{"name":"n"}', undefined],
    "a fault": ["/x/a.conflist", "{", undefined],
  };
  for (const [why, [file, content, folder]] of Object.entries(cases)) {
    await t.step(why, () => {
      assertEquals(pluginFolderOf({ file, content }), folder);
    });
  }
});
