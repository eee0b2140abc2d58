import { assertEquals } from "@std/assert";
import { PROJECT_ROOT, projectFiles } from "../scripts/project.ts";

/** A resource whose next statement begins with it: `using x = a; return x.b` */
const FOLLOWED =
  /\busing (\w+) = [^;]*;\s*(?:\/\/[^\n]*\s*)*(?:const \w+ = |return |await )*\1\b[^;]*;([^]*?)\n {0,6}\}/g;

/**
 * `deno bundle --minify` makes `return a.b` of `using x = a; return x.b`, so
 * that `a` stays open until the process ends, which a daemon does not.
 */
function droppedIn(text: string): readonly string[] {
  return [...text.matchAll(FOLLOWED)]
    .filter(([, name, rest]) => !new RegExp(`\\b${name}\\b`).test(rest!))
    .map(([, name]) => name!);
}

Deno.test("no resource is used in a way that the bundler drops", async () => {
  const sources = (await projectFiles()).filter((path) =>
    /^(cli\.ts|(lib|plugins|daemon|tool|terminal|install|conformance)\/.*\.ts)$/
      .test(path) && !path.endsWith("_test.ts")
  );
  assertEquals(sources.length > 100, true);
  const found: string[] = [];
  for (const path of sources) {
    const text = await Deno.readTextFile(`${PROJECT_ROOT}/${path}`);
    for (const name of droppedIn(text)) found.push(`${path}: using ${name}`);
  }
  assertEquals(found, [], "Close it by `finally` in place of `using`");
});

Deno.test("the search for dropped resources finds them", () => {
  const dropped = "{\n  using file = open(a);\n  return file.size ?? 0;\n}";
  assertEquals(droppedIn(dropped), ["file"]);
  const twice = "{\n  using file = open(a);\n  file.lock();\n  file.read();\n}";
  assertEquals(droppedIn(twice), []);
  const other = "{\n  using file = open(a);\n  return write(1, file);\n}";
  assertEquals(droppedIn(other), []);
});
