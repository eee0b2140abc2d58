import { assertEquals } from "@std/assert";
import { PROJECT_ROOT, projectFiles } from "./project.ts";

Deno.test("projectFiles() lists the project's own files, in order", async () => {
  const files = await projectFiles();
  assertEquals(files, files.toSorted());
  assertEquals(new Set(files).size, files.length);
  for (const own of ["cli.ts", "lib/net/mod.ts", ".ci/run"]) {
    assertEquals(files.includes(own), true, own);
  }
  const foreign = files.filter((file) =>
    /^(\.git|\.tools|build|release|node_modules)\//.test(file)
  );
  assertEquals(foreign, []);
  const stat = await Deno.stat(`${PROJECT_ROOT}/${files[0]}`);
  assertEquals(stat.isFile, true);
});
