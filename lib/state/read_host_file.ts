import { mayUse, notPermitted, type PathOrigin } from "./confine_path.ts";
import { normalizePath } from "./normalize_path.ts";
import { orOsError } from "./os_error.ts";
import { readRegularFile } from "./read_regular_file.ts";

/**
 * Checks that a file of the host may be read, and returns its normalised path.
 * The file need not exist.
 *
 * @throws {CniError} Code 7 if the path is outside the program's permissions.
 */
export function hostFilePath(path: string, { key }: PathOrigin): string {
  const normal = normalizePath(path);
  if (mayUse("read", normal)) return normal;
  throw notPermitted(normal, key, "READ_DIRS");
}

/**
 * Reads a text file of the host that a configuration names, such as a
 * `resolv.conf`. Unlike state, it may be a link, as that one is on most hosts.
 *
 * @throws {CniError} Code 7 if the path is outside the program's permissions,
 * code 5 if it cannot be read, is no regular file or larger than 16 MiB.
 */
export function readHostFile(path: string, { key }: PathOrigin): string {
  const normal = hostFilePath(path, { key });
  const action = `read what ${key} names:`;
  const bytes = orOsError(action, normal, () => readRegularFile(normal));
  return new TextDecoder().decode(bytes);
}
