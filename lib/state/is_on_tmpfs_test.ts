import { assertEquals } from "@std/assert";
import { isOnTmpfs } from "./is_on_tmpfs.ts";

/** Folders that are on a tmpfs on nearly every Linux, and on none elsewhere. */
const SHARED_MEMORY = "/dev/shm";

function isThere(): boolean {
  try {
    Deno.removeSync(Deno.makeTempDirSync({ dir: SHARED_MEMORY }));
    return true;
  } catch {
    return false;
  }
}

Deno.test({
  name: "isOnTmpfs() recognises a folder, empty or not",
  // Containers may have been made without it.
  ignore: Deno.build.os !== "linux" || !isThere(),
  fn() {
    const folder = Deno.makeTempDirSync({ dir: SHARED_MEMORY });
    try {
      assertEquals(isOnTmpfs(folder), true);
      for (const name of ["one", "two", "three"]) {
        Deno.writeTextFileSync(`${folder}/${name}`, name);
      }
      Deno.mkdirSync(`${folder}/four`);
      assertEquals(isOnTmpfs(folder), true);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});

Deno.test("isOnTmpfs() takes no folder of this checkout for one", () => {
  // Nobody works in a checkout that a restart takes away.
  assertEquals(isOnTmpfs(new URL(".", import.meta.url).pathname), false);
});
