/** A file of this prefix is one that a crash left half-written. */
export const TEMP_PREFIX = "tmp.";

/**
 * Writes a new file of a name that nobody else uses, and waits until its
 * content is on the disk, so that linking or renaming it to its final name
 * never shows half a file, not even after a power loss.
 *
 * @param folder An existing folder, on the file system of the final name.
 * @param mode Permission bits; the umask is taken off by the system.
 * @returns The file's path.
 * @throws The system's error; nothing is left behind then.
 */
export function writeTemp(
  folder: string,
  content: string,
  mode: number,
): string {
  const path = `${folder}/${TEMP_PREFIX}${Deno.pid}.${randomText()}`;
  const file = Deno.openSync(path, { write: true, createNew: true, mode });
  try {
    writeAll(file, content);
    file.syncSync();
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

// Not for secrecy: it keeps apart processes of one id in different containers.
function randomText(): string {
  return Math.random().toString(36).slice(2);
}
