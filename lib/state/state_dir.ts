import { CniCode, CniError, describe } from "../spec/mod.ts";
import { isBareName } from "./bare_name.ts";
import { confinePath, type PathOrigin } from "./confine_path.ts";
import { ifThere, orOsError, osError } from "./os_error.ts";
import { TEMP_PREFIX, writeAll, writeTemp } from "./write_temp.ts";

/** How {@linkcode openStateDir} opens a folder. */
export interface StateDirOptions extends PathOrigin {
  /** Makes the folder, with those above it, when it is missing. */
  readonly create?: boolean;
  /** Permission bits of a folder made, less the umask. Default: 0755. */
  readonly mode?: number;
  /**
   * Where half-written files lie until they get their name: a folder on the
   * same file system, made at the first write. Default: `.tmp` in the folder
   * itself. Name one elsewhere when another program reads whatever it finds in
   * the folder. If some write under a lock, all who share it must: what lies
   * there when the lock is taken is held to be left over from a crash.
   */
  readonly tempPath?: string;
}

/**
 * Opens a folder of state. Needs `--allow-read` and `--allow-write` for it.
 *
 * @returns The folder; `undefined` if it is missing and `create` is not set.
 * @throws {CniError} Code 7 if the folder is outside the program's
 * permissions, is no folder or is reached through a link; code 5 if it cannot
 * be made.
 */
export function openStateDir(
  path: string,
  options: StateDirOptions & { readonly create: true },
): StateDir;
/** As above, for a folder that may be missing. */
export function openStateDir(
  path: string,
  options: StateDirOptions,
): StateDir | undefined;
export function openStateDir(
  path: string,
  options: StateDirOptions,
): StateDir | undefined {
  const { key, create = false, mode = 0o755 } = options;
  const folder = confinePath(path, { key });
  const isThere = isFolder(folder, key);
  if (!isThere && !create) return undefined;
  if (!isThere) makeFolder(folder, mode);
  return new StateDir(folder, options.tempPath ?? `${folder}/.tmp`, key);
}

/**
 * A folder of small state files that survive crashes and are not led astray:
 * every method takes a bare name, refuses links, and either does all it says
 * or nothing. All of them are synchronous, so that a critical section cannot
 * be interleaved. Made by {@linkcode openStateDir}.
 *
 * Every method throws a {@linkcode CniError} of code 5 for what the system
 * refuses, and of code 7 for a name that is no bare name.
 *
 * @example Write under a lock
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { openStateDir } from "./mod.ts";
 * const path = Deno.realPathSync(Deno.makeTempDirSync());
 * const dir = openStateDir(`${path}/net1`, { key: "dataDir", create: true });
 * dir.withLock("lock", () => {
 *   assertEquals(dir.createExclusive("10.0.0.2", "c1", 0o600), true);
 *   assertEquals(dir.createExclusive("10.0.0.2", "c2", 0o600), false);
 * });
 * assertEquals(dir.read("10.0.0.2"), "c1");
 * Deno.removeSync(path, { recursive: true });
 * ```
 */
export class StateDir {
  /** The folder's normalised path. */
  readonly path: string;

  readonly #tempPath: string;
  readonly #key: string;
  #isLocked = false;
  #isTempReady = false;

  /** Use {@linkcode openStateDir}, which checks the path. */
  constructor(path: string, tempPath: string, key: string) {
    this.path = path;
    this.#tempPath = tempPath;
    this.#key = key;
  }

  /** The names of all entries but the folder of half-written files, unordered. */
  names(): readonly string[] {
    return this.#entries().map((entry) => entry.name);
  }

  /** Whether an entry of that name exists: a file, a link, anything. */
  has(name: string): boolean {
    return this.#lookAt(this.#pathOf(name)) !== undefined;
  }

  /**
   * The text of a file; `undefined` if there is none. A link, a folder or a
   * device is refused.
   */
  read(name: string): string | undefined {
    const path = this.#pathOf(name);
    if (!this.#isFile(path)) return undefined;
    return ifThere("read", path, () => Deno.readTextFileSync(path));
  }

  /**
   * Names and texts of all regular files that `accepts` lets pass, unordered.
   * A file that vanishes meanwhile is left out.
   */
  *readAll(
    accepts: (name: string) => boolean,
  ): Generator<readonly [name: string, text: string]> {
    for (const { name, isFile } of this.#entries()) {
      if (!isFile || !accepts(name)) continue;
      // Not looked at again: the listing has just told that it is a file.
      const path = `${this.path}/${name}`;
      const text = ifThere("read", path, () => Deno.readTextFileSync(path));
      if (text !== undefined) yield [name, text];
    }
  }

  /**
   * Makes a file that is whole from the moment it exists. After a power loss
   * it is whole, or not there: waiting for its name to reach the disk as well
   * would cost as much again, and what such a file tells of a container is of no
   * use once the power was lost.
   *
   * @param mode Permission bits, less the umask.
   * @returns `false`, with nothing changed, if the name is taken.
   */
  createExclusive(name: string, content: string, mode: number): boolean {
    const path = this.#pathOf(name);
    return orOsError("create", path, () => {
      const temp = writeTemp(this.#readyTemp(), content, mode);
      try {
        Deno.linkSync(temp, path);
      } catch (error) {
        if (error instanceof Deno.errors.AlreadyExists) return false;
        throw error;
      } finally {
        discard(temp);
      }
      return true;
    });
  }

  /**
   * Gives a file new content in one step: whoever reads it, be it after a
   * crash, finds the whole of the old or the new text. Which of the two it is
   * after a power loss is not waited for: containers do not outlive one.
   *
   * @param mode Permission bits, less the umask.
   */
  replace(name: string, content: string, mode: number): void {
    const path = this.#pathOf(name);
    orOsError("replace", path, () => {
      // A rename would do away with a link; but it is not ours, so it stays.
      this.#isFile(path);
      const temp = writeTemp(this.#readyTemp(), content, mode);
      try {
        Deno.renameSync(temp, path);
      } catch (error) {
        discard(temp);
        throw error;
      }
    });
  }

  /**
   * Writes a file in place and does not wait for the disk. For hints that may
   * be lost or cut short by a crash: the folder itself stays unchanged, and it
   * costs a tenth of {@linkcode StateDir.replace}.
   *
   * @param mode Permission bits for a new file, less the umask.
   */
  overwrite(name: string, content: string, mode: number): void {
    const path = this.#pathOf(name);
    orOsError("write", path, () => {
      this.#isFile(path);
      const how = { write: true, create: true, truncate: true, mode };
      using file = Deno.openSync(path, how);
      writeAll(file, content);
    });
  }

  /**
   * Removes a file, or a link without what it leads to.
   *
   * @returns `false` if there was nothing to remove.
   */
  remove(name: string): boolean {
    const path = this.#pathOf(name);
    // Checked, since Deno's remove takes an empty folder too.
    if (this.#lookAt(path)?.isDirectory) {
      throw osError("remove", path, new Error("It is a folder"));
    }
    const done = ifThere("remove", path, () => {
      Deno.removeSync(path);
      return true;
    });
    return done ?? false;
  }

  /**
   * Runs `critical` while holding an exclusive `flock(2)` on a file of this
   * folder, which is made (0750 less the umask, empty) if absent. Waits without
   * a time limit. The reference host-local takes the very same lock.
   *
   * @param critical What to do; it must be done when it returns, so no promise.
   * @throws What `critical` throws; code 5 if the lock cannot be had.
   */
  withLock<T>(name: string, critical: () => T): T {
    const path = this.#pathOf(name);
    this.#isFile(path);
    // Closing gives the lock back, even when `critical` throws.
    using file = openLock(path);
    orOsError("lock", path, () => file.lockSync(true));
    this.#isLocked = true;
    try {
      // Who reads or removes cleans up after a crash as well as who writes.
      if (this.#lookAt(this.#tempPath) !== undefined) this.#readyTemp();
      return critical();
    } finally {
      this.#isLocked = false;
    }
  }

  /** The folder for half-written files: made, and rid of what crashes left. */
  #readyTemp(): string {
    if (this.#isTempReady) return this.#tempPath;
    const folder = confinePath(this.#tempPath, { key: this.#key });
    makeFolder(folder, 0o700);
    for (const { name } of Deno.readDirSync(folder)) {
      const path = `${folder}/${name}`;
      if (name.startsWith(TEMP_PREFIX) && this.#isStale(path)) {
        ifThere("remove", path, () => Deno.removeSync(path));
      }
    }
    this.#isTempReady = true;
    return this.#tempPath;
  }

  /** Whether nobody can still be writing a temporary file. */
  #isStale(path: string): boolean {
    // Who writes under the lock is the only one to write.
    if (this.#isLocked) return true;
    const info = this.#lookAt(path);
    const ageMs = Date.now() - (info?.mtime?.getTime() ?? Date.now());
    return ageMs > STALE_MS;
  }

  #entries(): readonly Deno.DirEntry[] {
    const own = this.#tempPath;
    return orOsError("list", this.path, () => [...Deno.readDirSync(this.path)])
      .filter(({ name }) => `${this.path}/${name}` !== own);
  }

  #pathOf(name: string): string {
    if (isBareName(name)) return `${this.path}/${name}`;
    throw new CniError(CniCode.InvalidConfig, "Cannot use a file name", {
      details: `${describe(name)} in ${describe(this.path)} (${this.#key}): ` +
        "expected a bare name",
    });
  }

  /** Whether there is a regular file; throws for anything else that is there. */
  #isFile(path: string): boolean {
    const info = this.#lookAt(path);
    if (info === undefined || info.isFile) return info !== undefined;
    const what = info.isSymlink ? "a link" : "no regular file";
    throw osError("use", path, new Error(`It is ${what}: remove it`));
  }

  #lookAt(path: string): Deno.FileInfo | undefined {
    return ifThere("look at", path, () => Deno.lstatSync(path));
  }
}

/** Above the time that any write takes, below that between two boots. */
const STALE_MS = 10 * 60 * 1000;

function isFolder(path: string, key: string): boolean {
  // Links were judged before: the permitted folder itself may be one.
  const info = ifThere("look at", path, () => Deno.statSync(path));
  if (info === undefined || info.isDirectory) return info !== undefined;
  throw new CniError(CniCode.InvalidConfig, `Cannot use ${key}`, {
    details: `${key} leads to ${describe(path)}, which is no folder`,
  });
}

function makeFolder(path: string, mode: number): void {
  orOsError("make the folder", path, () => {
    Deno.mkdirSync(path, { recursive: true, mode });
  });
}

/** Removes a temporary file; if that fails, the next writer does. */
function discard(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // What matters has been done, or is on its way as an error.
  }
}

function openLock(path: string): Deno.FsFile {
  try {
    const how = { read: true, write: true, create: true, mode: 0o750 };
    return Deno.openSync(path, how);
  } catch (cause) {
    // On a file system mounted read-only a CHECK can still lock and read.
    if (!isReadOnly(cause)) throw osError("open the lock", path, cause);
    return orOsError("open the lock", path, () => Deno.openSync(path));
  }
}

function isReadOnly(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && cause.code === "EROFS";
}
