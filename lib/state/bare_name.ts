import type { Os } from "./normalize_path.ts";

/**
 * Whether `name` is that of a file in a folder, and of nothing else: no way
 * elsewhere, no control characters. On Windows no stream of a file (`a:b`), no
 * device, and nothing that it would cut off the end.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(isBareName("fd00::1", "linux"), true);
 * assertEquals(isBareName("fd00::1", "windows"), false);
 * ```
 */
export function isBareName(name: string, os: Os = Deno.build.os): boolean {
  if (name === "" || name === "." || name === "..") return false;
  // deno-lint-ignore no-control-regex -- control characters are refused
  if (/[/\u0000-\u001f\u007f]/.test(name)) return false;
  return os !== "windows" || !WINDOWS_SPECIAL.test(name);
}

// A device is one with any ending, too: "nul.txt".
const WINDOWS_SPECIAL =
  /[\\:*?"<>|]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
