import { assertEquals } from "@std/assert";
import { acquireFileLock } from "./file_lock.ts";

const ignore = Deno.build.os === "windows";

/** The path of a lock in a folder that is not there yet; removed in the end. */
async function withLockPath(run: (path: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await run(`${folder}/locks/lock`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Whether the lock could be taken in this mode now, by somebody else. */
function isFree(path: string, mode: "shared" | "exclusive"): boolean {
  using file = Deno.openSync(path, { read: true, write: true });
  return file.tryLockSync(mode === "exclusive");
}

Deno.test({
  name: "acquireFileLock() makes folder and file for their owner alone",
  ignore,
  fn: () =>
    withLockPath(async (path) => {
      const before = Deno.umask(0);
      const lock = acquireFileLock(path, "shared").finally(() =>
        Deno.umask(before)
      );
      using _lock = await lock;
      const folder = path.slice(0, path.lastIndexOf("/"));
      const modes = [folder, path].map((one) =>
        Deno.statSync(one).mode! & 0o7777
      );
      assertEquals(modes, [0o700, 0o600]);
    }),
});

Deno.test({
  name: "acquireFileLock() excludes others until it is disposed of",
  ignore,
  fn: () =>
    withLockPath(async (path) => {
      for (const mode of ["shared", "exclusive"] as const) {
        const lock = await acquireFileLock(path, mode);
        assertEquals(isFree(path, "exclusive"), false);
        assertEquals(isFree(path, "shared"), mode === "shared");
        lock[Symbol.dispose]();
        lock[Symbol.dispose]();
        assertEquals(isFree(path, "exclusive"), true);
      }
    }),
});

Deno.test({
  name: "acquireFileLock() waits for those who hold it",
  ignore,
  fn: () =>
    withLockPath(async (path) => {
      const order: string[] = [];
      const first = await acquireFileLock(path, "exclusive");
      const second = acquireFileLock(path, "exclusive").then((lock) => {
        order.push("second has it");
        lock[Symbol.dispose]();
      });
      // Time enough for a lock that would not wait.
      await new Promise((resolve) => setTimeout(resolve, 30));
      order.push("first gives it back");
      first[Symbol.dispose]();
      await second;
      assertEquals(order, ["first gives it back", "second has it"]);
    }),
});
