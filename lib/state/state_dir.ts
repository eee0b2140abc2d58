import { CniCode, CniError, describe } from "../spec/mod.ts";
import { isBareName } from "./bare_name.ts";
import { confinePath, type PathOrigin } from "./confine_path.ts";
import { openLocked, openOrUndefined } from "./file_lock.ts";
import {
  errnoOf,
  ifThere,
  isUnsupported,
  isUnwritable,
  lookIfThere,
  orOsError,
  osError,
} from "./os_error.ts";
import { readTextOf } from "./read_regular_file.ts";
import {
  OWN_TEMP_PREFIX,
  TEMP_PREFIX,
  writeAll,
  writeTemp,
} from "./write_temp.ts";

/** How {@linkcode openStateDir} opens a folder. */
export interface StateDirOptions extends PathOrigin {
  /** Makes the folder, with those above it, when it is missing. */
  readonly create?: boolean;
  /** Permission bits of a folder made, less the umask. Default: 0755. */
  readonly mode?: number;
  /**
   * Where half-written files lie until they get their name: a folder made at
   * the first write. Default: `.tmp` in the folder itself. Name one elsewhere
   * when another program reads all that it finds in the folder. Where it cannot
   * be used, such as when the folder is a mount and this one is not on it,
   * half-written files lie in the folder itself, with names that begin with
   * `.tmp.`. If some write under a lock, all who share it must: what lies there
   * when the lock is taken is held to be left over from a crash.
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
  if (!isThere) makeFolder(folder, { key, mode });
  return new StateDir(folder, options.tempPath ?? `${folder}/.tmp`, key);
}

/**
 * A folder of small state files that survive crashes and are not led astray:
 * every method takes a bare name, refuses links, and either does all it says
 * or nothing. All but the wait for a lock are synchronous, so that a critical
 * section cannot be interleaved. Made by {@linkcode openStateDir}.
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
 * await dir.withLock("lock", () => {
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
   * A text that is another one as soon as a file is replaced or written to;
   * `undefined` if there is none.
   */
  versionOf(name: string): string | undefined {
    const info = this.#lookAt(this.#pathOf(name));
    return info && `${info.ino} ${info.mtime?.getTime()} ${info.size}`;
  }

  /**
   * The time since a file was last written, by the system's clock, which may
   * have been set meanwhile; `undefined` if there is none.
   */
  ageMsOf(name: string): number | undefined {
    const writtenMs = this.#lookAt(this.#pathOf(name))?.mtime?.getTime();
    return writtenMs === undefined ? undefined : Date.now() - writtenMs;
  }

  /**
   * The text of a file; `undefined` if there is none. A link, a folder or a
   * device is refused, and what is larger than 16 MiB.
   */
  read(name: string): string | undefined {
    const path = this.#pathOf(name);
    if (!this.#isFile(path)) return undefined;
    return ifThere("read", path, () => readTextOf(path));
  }

  /**
   * Names and texts of all regular files that `accepts` lets pass, unordered.
   * A file that vanishes meanwhile is left out.
   *
   * @param onError Told of a file that cannot be read, which is left out then;
   * without it, such a file is an error.
   */
  *readAll(
    accepts: (name: string) => boolean,
    onError?: (error: unknown) => void,
  ): Generator<readonly [name: string, text: string]> {
    for (const { name, isFile } of this.#entries()) {
      if (!isFile || !accepts(name)) continue;
      // Not looked at again: the listing has just told that it is a file.
      const path = `${this.path}/${name}`;
      try {
        const text = ifThere("read", path, () => readTextOf(path));
        if (text !== undefined) yield [name, text];
      } catch (error) {
        if (onError === undefined) throw error;
        onError(error);
      }
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
    return this.#change(
      "create",
      path,
      () =>
        this.#viaTemp({ content, mode }, (temp) => {
          try {
            return linkOrMove(temp, path, mode);
          } finally {
            discard(temp);
          }
        }),
    );
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
    this.#change("replace", path, () => {
      // A rename would do away with a link; but it is not ours, so it stays.
      this.#isFile(path);
      this.#viaTemp({ content, mode }, (temp) => {
        try {
          Deno.renameSync(temp, path);
        } catch (error) {
          discard(temp);
          throw error;
        }
      });
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
    this.#change("write", path, () => {
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
      const cause = new Error("It is a folder");
      throw osError("remove", path, { cause });
    }
    return this.#change("remove", path, () => {
      try {
        Deno.removeSync(path);
        return true;
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return false;
        throw error;
      }
    });
  }

  /**
   * Runs `critical` while holding an exclusive `flock(2)` on a file of this
   * folder, which is made (0750 less the umask, empty) if absent. Waits without
   * a time limit, in the order of calls within this process, and the event loop
   * goes on meanwhile. The reference host-local takes the very same lock. Where
   * the file is absent and the file system read-only, there is nothing to be
   * kept from others, so `critical` runs without a lock.
   *
   * @param critical What to do; it must be done when it returns, so no promise.
   * @throws What `critical` throws; code 5 if the lock cannot be had.
   */
  async withLock<T>(name: string, critical: () => T): Promise<T> {
    const path = this.#pathOf(name);
    const open = () => {
      this.#isFile(path);
      return this.#openLock(path);
    };
    let file: Deno.FsFile;
    try {
      file = await openLocked(path, { open, isExclusive: true });
    } catch (error) {
      if (errnoOf(error) !== "EROFS") throw error;
      return critical();
    }
    // Closing gives the lock back, even when `critical` throws.
    using _file = file;
    this.#isLocked = true;
    try {
      // Who reads or removes cleans up after a crash as well as who writes.
      if (this.#lookAt(this.#tempPath) !== undefined) this.#tempFolder();
      return critical();
    } finally {
      this.#isLocked = false;
    }
  }

  #openLock(path: string): Deno.FsFile {
    return this.#change("open the lock", path, () => {
      try {
        const how = { read: true, write: true, create: true, mode: 0o750 };
        return Deno.openSync(path, how);
      } catch (error) {
        // On a file system mounted read-only a CHECK can still lock and read.
        const file = isUnwritable(error) ? openOrUndefined(path) : undefined;
        if (file === undefined) throw error;
        return file;
      }
    });
  }

  /**
   * Has a temporary file placed under its name: one of the folder of half-written
   * files, or, where that one cannot be used, of the folder itself.
   */
  #viaTemp<T>(
    { content, mode }: { readonly content: string; readonly mode: number },
    place: (temp: string) => T,
  ): T {
    const folder = this.#tempFolder();
    if (folder !== undefined) {
      try {
        return place(writeTemp(folder, content, { mode }));
      } catch {
        // Another file system, perhaps: what it is, the second attempt tells.
      }
    }
    this.#clear(this.path, OWN_TEMP_PREFIX);
    const how = { mode, prefix: OWN_TEMP_PREFIX };
    return place(writeTemp(this.path, content, how));
  }

  /**
   * The folder for half-written files: made, and rid of what crashes left;
   * `undefined` if it cannot be had.
   */
  #tempFolder(): string | undefined {
    if (this.#isTempReady) return this.#tempPath;
    try {
      const folder = confinePath(this.#tempPath, { key: this.#key });
      makeFolder(folder, { key: this.#key, mode: 0o700 });
      this.#clear(folder, TEMP_PREFIX);
    } catch {
      return undefined;
    }
    this.#isTempReady = true;
    return this.#tempPath;
  }

  /** Removes what crashes left in a folder, as far as that is possible. */
  #clear(folder: string, prefix: string): void {
    for (const { name } of Deno.readDirSync(folder)) {
      const path = `${folder}/${name}`;
      if (name.startsWith(prefix) && this.#isStale(path)) discard(path);
    }
  }

  /** Runs what changes the folder; an error tells whose folder it is. */
  #change<T>(action: string, path: string, act: () => T): T {
    try {
      return act();
    } catch (cause) {
      throw osError(action, path, { cause, key: this.#key });
    }
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
      .filter(({ name }) =>
        `${this.path}/${name}` !== own && !name.startsWith(OWN_TEMP_PREFIX)
      );
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
    const cause = new Error(`It is ${what}: remove it`);
    throw osError("use", path, { cause });
  }

  #lookAt(path: string): Deno.FileInfo | undefined {
    return ifThere("look at", path, () => Deno.lstatSync(path));
  }
}

/** Above the time that any write takes, below that between two boots. */
const STALE_MS = 10 * 60 * 1000;

function isFolder(path: string, key: string): boolean {
  // Links were judged before: the permitted folder itself may be one.
  const info = lookIfThere(path, { key, look: Deno.statSync });
  if (info === undefined || info.isDirectory) return info !== undefined;
  throw new CniError(CniCode.InvalidConfig, `Cannot use ${key}`, {
    details: `${key} leads to ${describe(path)}, which is no folder`,
  });
}

function makeFolder(
  path: string,
  { key, mode }: { readonly key: string; readonly mode: number },
): void {
  try {
    Deno.mkdirSync(path, { recursive: true, mode });
  } catch (cause) {
    throw osError("make the folder", path, { cause, key });
  }
}

/**
 * Gives a temporary file its name, unless that is taken. Where there are no
 * hard links the name is taken by an empty file first, which the whole one
 * replaces in one step.
 */
function linkOrMove(temp: string, path: string, mode: number): boolean {
  try {
    Deno.linkSync(temp, path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    if (!hasNoLinks(error)) throw error;
  }
  try {
    Deno.openSync(path, { write: true, createNew: true, mode }).close();
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
  try {
    Deno.renameSync(temp, path);
  } catch (error) {
    discard(path);
    throw error;
  }
  return true;
}

/** A FAT, say, answers EPERM. */
function hasNoLinks(error: unknown): boolean {
  return isUnsupported(error) ||
    ["EPERM", "EACCES", "EMLINK"].includes(errnoOf(error) ?? "");
}

/** Removes a temporary file; if that fails, the next writer does. */
function discard(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // What matters has been done, or is on its way as an error.
  }
}
