import { CniCode, CniError, describe } from "../spec/mod.ts";
import { normalizePath, parentOf } from "./normalize_path.ts";
import { lookIfThere } from "./os_error.ts";

/** Who asked for a path, for the message when it is refused. */
export interface PathOrigin {
  /** The configuration key that led to the path: `ipam.dataDir`. */
  readonly key: string;
}

/**
 * Checks that a folder for state may be used, and returns its normalised
 * path. The folder need not exist.
 *
 * The program's permissions bound where state may lie, but they judge a path by
 * its text, and a link inside the permitted folders would lead out of them. So
 * no component below the permitted folder may be a link. (That folder itself
 * may be one: what lies above it is not ours to judge.) The check and the use
 * are two steps, since Deno has no `O_NOFOLLOW`; the folders belong to root, so
 * nobody else can put a link there in between.
 *
 * @throws {CniError} Code 7 if the path is outside the program's permissions,
 * is reached through a link, or holds control characters; code 5 if it cannot
 * be looked at.
 */
export function confinePath(path: string, { key }: PathOrigin): string {
  // deno-lint-ignore no-control-regex -- control characters are what is refused
  if (path === "" || /[\u0000-\u001f\u007f]/.test(path)) {
    throw refusal(
      path,
      key,
      "a path has characters, and no control characters",
    );
  }
  const normal = normalizePath(path);
  if (!mayUse("write", normal) || !mayUse("read", normal)) {
    throw notPermitted(normal, key, "STATE_DIRS");
  }
  for (let part = normal, parent; part !== undefined; part = parent) {
    parent = parentOf(part);
    // The first part whose parent is out of sight is the permitted folder.
    if (parent === undefined || !mayUse("read", parent)) break;
    refuseLink(part, { normal, key });
  }
  return normal;
}

/**
 * The error for a path that the program was not built to use.
 *
 * @param setting The setting of `make build` that adds the path.
 */
export function notPermitted(
  path: string,
  key: string,
  setting: "STATE_DIRS" | "READ_DIRS",
): CniError {
  return refusal(
    path,
    key,
    "this program was built without access to it: choose another folder or " +
      `run make build ${setting}=${path}`,
  );
}

/**
 * Whether the program was given a permission. Asking never prompts, where
 * trying would on a terminal.
 */
export function mayUse(name: "read" | "write", path: string): boolean {
  return Deno.permissions.querySync({ name, path }).state === "granted";
}

/**
 * Whether the program was given a folder to read and write. Where it was not, a
 * DEL can still have a shell do its work.
 */
export function isPermitted(path: string): boolean {
  const normal = normalizePath(path);
  return mayUse("read", normal) && mayUse("write", normal);
}

function refuseLink(
  part: string,
  { normal, key }: { readonly normal: string; readonly key: string },
): void {
  const info = lookIfThere(part, { key, look: Deno.lstatSync });
  if (!info?.isSymlink) return;
  const which = part === normal ? "it" : describe(part);
  throw refusal(normal, key, `${which} is a link: name the real folder`);
}

function refusal(path: string, key: string, reason: string): CniError {
  return new CniError(CniCode.InvalidConfig, `Cannot use ${key}`, {
    details: `${key} leads to ${describe(path)}, but ${reason}`,
  });
}
