import { assertEquals } from "@std/assert";
import { registryFor } from "./mod.ts";

const FOLDER = new URL(".", import.meta.url);
const ROLES = ["main/", "ipam/", "meta/", ""];

/** The folder of a plugin, as `linux_only.txt` names it. */
function folderOf(plugin: string): string {
  const found = ROLES.map((role) => `${role}${plugin}`).find((path) => {
    try {
      return Deno.statSync(new URL(`${path}/mod.ts`, FOLDER)).isFile;
    } catch {
      return false;
    }
  });
  if (found === undefined) throw new Error(`No folder of plugin ${plugin}`);
  return `plugins/${found}`;
}

Deno.test("registryFor() has a plugin of that name under each name", async () => {
  for (const [name, load] of registryFor("linux")) {
    assertEquals((await load()).name, name);
  }
});

Deno.test("linux_only.txt lists what Windows does not have", async () => {
  const text = await Deno.readTextFile(new URL("linux_only.txt", FOLDER));
  // A checkout on Windows may end lines in CR LF.
  const listed = text.split(/\r?\n/).filter((line) => line !== "");
  const windows = registryFor("windows");
  const linuxOnly = [...registryFor("linux").keys()]
    .filter((name) => !windows.has(name));
  assertEquals(listed, linuxOnly.map(folderOf).sort());
});

Deno.test("the Windows registry has nothing that Linux has not", () => {
  const linux = registryFor("linux");
  const windows = [...registryFor("windows").keys()];
  assertEquals(windows, ["flannel", "host-local", "sample", "static"]);
  assertEquals(windows.filter((name) => !linux.has(name)), []);
});
