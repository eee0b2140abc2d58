/**
 * Takes a lock on a file that is there for nothing else, waiting for it. It is
 * `flock`, so it ends with the process whatever happens. Needs `--allow-read`
 * and `--allow-write` for the file and its folder, which is made.
 *
 * @param path The file's path.
 * @param mode `shared` excludes only exclusive holders, `exclusive` all.
 * @returns What gives the lock back when disposed of, be it more than once.
 */
export async function acquireFileLock(
  path: string,
  mode: "shared" | "exclusive",
): Promise<Disposable> {
  const folder = path.slice(0, path.lastIndexOf("/"));
  Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const options = { read: true, write: true, create: true, mode: 0o600 };
  const file = Deno.openSync(path, options);
  const isExclusive = mode === "exclusive";
  try {
    if (!file.tryLockSync(isExclusive)) await file.lock(isExclusive);
  } catch (error) {
    file.close();
    throw error;
  }
  let isHeld = true;
  return {
    [Symbol.dispose]: () => {
      if (isHeld) file.close();
      isHeld = false;
    },
  };
}
