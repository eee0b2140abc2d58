import { assert, assertEquals } from "@std/assert";
import { FLAGS } from "../../conformance/applet/flags.ts";
import { loadProfiles } from "../../conformance/profiles/mod.ts";
import { FAMILIES, PROMISES } from "../../conformance/suite/mod.ts";

const PAGE = new URL("../../docs/conformance.md", import.meta.url);

Deno.test("docs/conformance.md shows a profile that can be loaded", async () => {
  const page = await Deno.readTextFile(PAGE);
  const [, text = ""] = /```json\n(.*?)```/s.exec(page) ?? [];
  const profiles = loadProfiles([{ source: "docs/conformance.md", text }]);
  assertEquals(profiles.get("acme-bridge")?.kind, "interface");
});

Deno.test("docs/conformance.md names every flag, family and promise", async () => {
  const page = await Deno.readTextFile(PAGE);
  const names = [
    ...FLAGS.map(({ name }) => `--${name}`),
    ...FAMILIES.map((family) => `| \`${family}\``),
    ...PROMISES.map((promise) => `\`${promise}\``),
  ];
  for (const name of names) assert(page.includes(name), name);
});
