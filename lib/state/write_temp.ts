import { isUnsupported } from "./os_error.ts";

/** A file of this prefix is one that a crash left half-written. */
export const TEMP_PREFIX = "tmp.";

/** The same in a folder that holds other files, too. */
export const OWN_TEMP_PREFIX = ".tmp.";

/** How {@linkcode writeTemp} writes its file. */
export interface TempOptions {
  /** Permission bits; the umask is taken off by the system. */
  readonly mode: number;
  /** How its name begins. Default: {@linkcode TEMP_PREFIX}. */
  readonly prefix?: string;
}

/**
 * Writes a new file of a name that nobody else uses, and waits until its
 * content is on the disk, as far as the file system knows that, so that linking
 * or renaming it to its final name never shows half a file, not even after a
 * power loss.
 *
 * @param folder An existing folder, on the file system of the final name.
 * @returns The file's path.
 * @throws The system's error; nothing is left behind then.
 */
export function writeTemp(
  folder: string,
  content: string,
  { mode, prefix = TEMP_PREFIX }: TempOptions,
): string {
  const path = `${folder}/${prefix}${Deno.pid}.${randomText()}`;
  const file = Deno.openSync(path, { write: true, createNew: true, mode });
  try {
    writeAll(file, content);
    syncIfPossible(file);
    return path;
  } catch (error) {
    Deno.removeSync(path);
    throw error;
  } finally {
    file.close();
  }
}

/** Writes all of `content`: one write may take less (a full disk, a signal). */
export function writeAll(file: Deno.FsFile, content: string): void {
  let rest = new TextEncoder().encode(content);
  while (rest.length > 0) rest = rest.subarray(file.writeSync(rest));
}

/** A file system that cannot wait for its disk has none, or is remote. */
function syncIfPossible(file: Deno.FsFile): void {
  try {
    file.syncSync();
  } catch (error) {
    if (!isUnsupported(error)) throw error;
  }
}

// Not for secrecy: it keeps apart processes of one id in different containers.
function randomText(): string {
  return Math.random().toString(36).slice(2);
}
