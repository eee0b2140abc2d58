import { isUnwritable, osError } from "./os_error.ts";

/**
 * Takes a lock on a file that is there for nothing else, waiting for it while
 * the event loop goes on. It is `flock`, so it ends with the process whatever
 * happens. Needs `--allow-read` and `--allow-write` for the file and its
 * folder, which is made.
 *
 * @param path The file's path.
 * @param mode `shared` excludes only exclusive holders, `exclusive` all.
 * @returns What gives the lock back when disposed of, be it more than once.
 * @throws {CniError} Code 5 if the lock cannot be had.
 */
export async function acquireFileLock(
  path: string,
  mode: "shared" | "exclusive",
): Promise<Disposable> {
  const file = await openLocked(path, {
    open: () => openLockFile(path),
    isExclusive: mode === "exclusive",
  });
  return releasing(file);
}

/**
 * Takes a lock as {@linkcode acquireFileLock} does, if that is possible at
 * once.
 *
 * @returns What gives the lock back; `undefined` if another holder excludes it.
 * @throws {CniError} Code 5 if the file cannot be made or locked at all.
 */
export function tryFileLock(
  path: string,
  mode: "shared" | "exclusive",
): Disposable | undefined {
  const file = openLockFile(path);
  try {
    if (file.tryLockSync(mode === "exclusive")) return releasing(file);
  } catch (cause) {
    file.close();
    throw osError("lock", path, { cause });
  }
  file.close();
  return undefined;
}

/** Closing gives the lock back. */
function releasing(file: Deno.FsFile): Disposable {
  let isHeld = true;
  return {
    [Symbol.dispose]: () => {
      if (isHeld) file.close();
      isHeld = false;
    },
  };
}

/** How {@linkcode openLocked} gets its file, and its lock. */
export interface LockOptions {
  /** Opens the file once it is this call's turn. */
  readonly open: () => Deno.FsFile;
  /** Excludes all others, or only those who would. */
  readonly isExclusive: boolean;
}

/**
 * Opens a file and locks it, first come, first served within this process: only
 * the first in the queue waits in the system, where a wait costs a thread.
 *
 * @returns The open file; closing it gives the lock back.
 * @throws {CniError} What `open` throws; code 5 if the lock cannot be had.
 */
export function openLocked(
  path: string,
  { open, isExclusive }: LockOptions,
): Promise<Deno.FsFile> {
  return inTurn(path, async () => {
    const file = open();
    try {
      if (!file.tryLockSync(isExclusive)) {
        using _waiting = onWait?.();
        await file.lock(isExclusive);
      }
    } catch (cause) {
      file.close();
      throw osError("lock", path, { cause });
    }
    return file;
  });
}

/** Is told of each wait for a lock, and when it is over. */
let onWait: (() => Disposable) | undefined;

/**
 * Has a function called at the start of each wait for a lock, in the system or
 * in the queue of this process; what it returns is disposed of at the end. A
 * program that stays gives others the place of a call that waits.
 */
export function useLockWait(other?: () => Disposable): void {
  onWait = other;
}

/** The last in the queue of each file that somebody waits for. */
const queues = new Map<string, Promise<unknown>>();

async function inTurn<T>(path: string, act: () => Promise<T>): Promise<T> {
  const before = queues.get(path);
  const turn = before === undefined ? act() : waitFor(before).then(act);
  const settled = turn.catch(() => {});
  queues.set(path, settled);
  try {
    return await turn;
  } finally {
    if (queues.get(path) === settled) queues.delete(path);
  }
}

async function waitFor(before: Promise<unknown>): Promise<void> {
  using _waiting = onWait?.();
  await before;
}

function openLockFile(path: string): Deno.FsFile {
  const folder = path.slice(0, path.lastIndexOf("/"));
  try {
    makeFolder(folder);
    const options = { read: true, write: true, create: true, mode: 0o600 };
    return Deno.openSync(path, options);
  } catch (cause) {
    // A file that is there can be locked even where nothing can be written.
    const file = isUnwritable(cause) ? openOrUndefined(path) : undefined;
    if (file !== undefined) return file;
    throw osError("open the lock", path, { cause });
  }
}

function makeFolder(path: string): void {
  try {
    Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw osError("make the folder", path, { cause });
  }
}

/** Opens a file to read; `undefined` if that is not possible. */
export function openOrUndefined(path: string): Deno.FsFile | undefined {
  try {
    return Deno.openSync(path);
  } catch {
    return undefined;
  }
}
