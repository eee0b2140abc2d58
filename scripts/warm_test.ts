import { assertEquals, assertRejects } from "@std/assert";
import { warmCache } from "./warm.ts";

/** A bundle of these files, removed when disposed of. */
function bundleOf(files: Readonly<Record<string, string>>) {
  const folder = Deno.makeTempDirSync();
  for (const [name, text] of Object.entries(files)) {
    Deno.writeTextFileSync(`${folder}/${name}`, text);
  }
  return {
    parts: {
      entry: `${folder}/cli.js`,
      permissions: { read: [folder], write: [folder], env: ["HOME"] },
      deno: Deno.execPath(),
    },
    names: () => [...Deno.readDirSync(folder)].map(({ name }) => name).sort(),
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}

/** A file of a bundle that notes that it was loaded. */
const NOTES =
  "Deno.writeTextFileSync(import.meta.url.slice(7) + '.loaded', '');";

Deno.test({
  name: "warmCache() loads every file of the bundle, and leaves a cache alone",
  ignore: Deno.build.os === "windows",
  async fn() {
    const files = { "cli.js": NOTES, "late.js": NOTES, "NOTICES": "no code" };
    using bundle = bundleOf(files);
    await warmCache(bundle.parts);
    assertEquals(bundle.names(), [
      ...["NOTICES", "cache", "cli.js", "cli.js.loaded"],
      ...["late.js", "late.js.loaded"],
    ]);
  },
});

Deno.test({
  name: "warmCache() says what does not load, and leaves nothing behind",
  ignore: Deno.build.os === "windows",
  async fn() {
    using bundle = bundleOf({ "cli.js": "throw new Error('broken here');" });
    await assertRejects(() => warmCache(bundle.parts), Error, "broken here");
    assertEquals(bundle.names().filter((name) => name.endsWith(".js")), [
      "cli.js",
    ]);
  },
});
