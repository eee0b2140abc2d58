import { assertEquals, assertRejects } from "@std/assert";
import { readSettings, writeSettings } from "./build_settings.ts";

Deno.test("readSettings() reads what writeSettings() has noted", async () => {
  const root = await Deno.makeTempDir();
  try {
    await assertRejects(() => readSettings(root), Deno.errors.NotFound);
    await Deno.mkdir(`${root}/build`);
    const settings = {
      form: "portable",
      stateDirs: ["/srv/state"],
      readDirs: [],
    } as const;
    await writeSettings(root, settings);
    assertEquals(await readSettings(root), settings);
    // For people to read as well.
    assertEquals(
      await Deno.readTextFile(`${root}/build/settings.json`),
      `{
  "form": "portable",
  "stateDirs": [
    "/srv/state"
  ],
  "readDirs": []
}
`,
    );
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
