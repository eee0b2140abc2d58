import { assertEquals } from "@std/assert";
import { loadProfiles } from "./load_profiles.ts";

Deno.test("each profile that comes with the suite can be used", async () => {
  const folder = new URL(".", import.meta.url);
  const files = [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name.endsWith(".json"));
  const profiles = loadProfiles([]);
  assertEquals(
    [...profiles.keys()].map((name) => `${name}.json`).toSorted(),
    files.toSorted(),
  );
  // A profile of someone's own counts instead.
  const [name] = files;
  const text = await Deno.readTextFile(new URL(name!, folder));
  const own = { ...JSON.parse(text), about: "mine" };
  const source = "mine.json";
  const changed = loadProfiles([{ source, text: JSON.stringify(own) }]);
  assertEquals(changed.get(own.plugin)?.about, "mine");
  assertEquals(changed.size, profiles.size);
});
