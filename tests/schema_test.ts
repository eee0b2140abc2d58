import { assertEquals } from "@std/assert";
import { SCHEMA_FILE, schemaText } from "../scripts/schema.ts";
import { PROJECT_ROOT } from "../scripts/project.ts";
import { registryFor } from "../plugins/mod.ts";
import { validateConfig } from "../tool/validate/validate_config.ts";

Deno.test("the schema is the one that the key definitions make", async () => {
  assertEquals(
    await Deno.readTextFile(SCHEMA_FILE),
    await schemaText(),
    "run scripts/deno run -A scripts/schema.ts",
  );
});

Deno.test("validateConfig() finds the examples right", async (t) => {
  for (const folder of ["nodes", "plugins"]) {
    const path = `${PROJECT_ROOT}/examples/${folder}`;
    for (const { name } of Deno.readDirSync(path)) {
      if (!/\.(conflist|conf)$/.test(name)) continue;
      await t.step(name, async () => {
        const text = await Deno.readTextFile(`${path}/${name}`);
        assertEquals(await validateConfig(text, registryFor("linux")), []);
      });
    }
  }
});
