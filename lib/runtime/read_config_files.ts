import { CniCode, CniError, describe } from "../spec/mod.ts";
import { readRegularFile } from "../state/mod.ts";

/**
 * The names of all entries of a folder that are no folders, in order. A
 * missing folder is an empty one.
 *
 * @param failure How the message of an error begins.
 * @throws {CniError} Code 7 if this program may not read it, code 5 if it
 * cannot be read.
 */
export function readFolder(
  folder: string,
  failure = "error reading",
): readonly string[] {
  checkPermission(folder);
  try {
    return [...Deno.readDirSync(folder)]
      .filter((entry) => !entry.isDirectory)
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw unreadable(`${failure} ${folder}`, error);
  }
}

/**
 * The bytes of a file.
 *
 * @throws {CniError} As {@linkcode readFolder}.
 */
export function readFile(path: string): Uint8Array {
  checkPermission(path);
  try {
    return readRegularFile(path);
  } catch (error) {
    throw unreadable(`error reading ${path}`, error);
  }
}

// Asked first, since trying would prompt for the permission on a terminal.
function checkPermission(path: string): void {
  const query = { name: "read", path } as const;
  if (Deno.permissions.querySync(query).state === "granted") return;
  throw new CniError(CniCode.InvalidConfig, `error reading ${path}`, {
    details: `${describe(path)} is outside the folders that this program may ` +
      "read: choose another folder, build this one in with make build " +
      `READ_DIRS=${path}, or, run by deno, grant --allow-read=${path}`,
  });
}

function unreadable(what: string, cause: unknown): CniError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  // Deno repeats the call and its path after the system's own text.
  const text = reason.replace(/ \(os error \d+\)(: .*)?$/s, "");
  return new CniError(CniCode.IoFailure, `${what}: ${text}`, { cause });
}
