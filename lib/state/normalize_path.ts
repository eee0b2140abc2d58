/** The operating systems that a path or a name is read for. */
export type Os = typeof Deno.build.os;

/** Where a path is read. */
export interface PathRules {
  /** Default: this system. */
  readonly os?: Os;
  /** The working directory. Default: that of this process. */
  readonly cwd?: () => string;
}

/**
 * Makes `path` absolute and free of `.`, `..` and doubled slashes, by its text
 * alone: no link is followed. A relative path starts at the working directory.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(normalizePath("/var/lib/../run//cni/"), "/var/run/cni");
 * ```
 */
export function normalizePath(
  path: string,
  { os = Deno.build.os, cwd = () => Deno.cwd() }: PathRules = {},
): string {
  const text = toSlashes(path, os);
  const isAbsolute = text.startsWith("/") || driveOf(text, os) !== "";
  const full = isAbsolute ? text : `${toSlashes(cwd(), os)}/${text}`;
  const drive = driveOf(full, os);
  const kept: string[] = [];
  for (const part of full.slice(drive.length).split("/")) {
    if (part === "..") kept.pop();
    else if (part !== "" && part !== ".") kept.push(part);
  }
  return `${drive}/${kept.join("/")}`;
}

/** The folder that holds a normalised path; `undefined` for the root. */
export function parentOf(path: string): string | undefined {
  const slash = path.lastIndexOf("/");
  if (slash === path.length - 1) return undefined;
  const isInRoot = slash === path.indexOf("/");
  return isInRoot ? path.slice(0, slash + 1) : path.slice(0, slash);
}

/** On Windows alone: elsewhere `C:` and a backslash are parts of a name. */
function driveOf(path: string, os: Os): string {
  return os === "windows" ? /^[A-Za-z]:/.exec(path)?.[0] ?? "" : "";
}

function toSlashes(path: string, os: Os): string {
  return os === "windows" ? path.replaceAll("\\", "/") : path;
}
