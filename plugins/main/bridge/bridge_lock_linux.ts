import { CniCode, CniError, describe } from "../../../lib/spec/mod.ts";
import { acquireFileLock } from "../../../lib/state/mod.ts";

/** Where the locks of bridges are: gone after a reboot, as bridges are. */
const LOCK_FOLDER = "/run/cni";

/**
 * Locks a bridge. An ADD holds it shared from before it looks at the bridge
 * until its port is on it; who takes the bridge away holds it alone.
 *
 * @returns The lock; `undefined` where the folder of locks cannot be written,
 * as on a host whose `/run` is read-only. Work goes on without it there, but
 * for what needs to be alone.
 * @throws {CniError} Code 5 if something is in the way of the lock's file.
 */
export async function lockBridge(
  name: string,
  mode: "shared" | "exclusive",
): Promise<Disposable | undefined> {
  requireBridgeLock(name);
  try {
    return await acquireFileLock(pathOf(name), mode);
  } catch (error) {
    // The reference takes no lock and works: so do we.
    if (error instanceof CniError && error.code === CniCode.IoFailure) {
      return undefined;
    }
    throw error;
  }
}

/**
 * Finds what is in the way of a bridge's lock, without a change: a file in the
 * place of the folder, or something else in the place of the file.
 *
 * @throws {CniError} Code 5 with the path and the remedy.
 */
export function requireBridgeLock(name: string): void {
  const folder = lookAt(LOCK_FOLDER);
  if (folder === undefined) return;
  if (!folder.isDirectory) throw inTheWay(LOCK_FOLDER, "a folder");
  const file = lookAt(pathOf(name));
  if (file === undefined || file.isFile) return;
  throw inTheWay(pathOf(name), "a regular file");
}

function pathOf(name: string): string {
  return `${LOCK_FOLDER}/bridge-${name}.lock`;
}

function inTheWay(path: string, expected: string): CniError {
  return new CniError(CniCode.IoFailure, `Cannot use ${describe(path)}`, {
    details: `the lock of a bridge lies there, but it is not ${expected}: ` +
      `remove ${path}`,
  });
}

function lookAt(path: string): Deno.FileInfo | undefined {
  try {
    return path === LOCK_FOLDER ? Deno.statSync(path) : Deno.lstatSync(path);
  } catch {
    return undefined; // Absent, or what locking will tell.
  }
}
