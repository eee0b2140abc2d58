import { mayUse, notPermitted, type PathOrigin } from "./confine_path.ts";
import { normalizePath } from "./normalize_path.ts";
import { orOsError } from "./os_error.ts";
import { readRegularFile } from "./read_regular_file.ts";

/**
 * Reads a text file of the host that a configuration names, such as a
 * `resolv.conf`. Unlike state, it may be a link, as that one is on most hosts.
 *
 * @throws {CniError} Code 7 if the path is outside the program's permissions,
 * code 5 if it cannot be read, is no regular file or larger than 16 MiB.
 */
export function readHostFile(path: string, { key }: PathOrigin): string {
  const normal = normalizePath(path);
  if (!mayUse("read", normal)) throw notPermitted(normal, key, "READ_DIRS");
  const action = `read what ${key} names:`;
  const bytes = orOsError(action, normal, () => readRegularFile(normal));
  return new TextDecoder().decode(bytes);
}
