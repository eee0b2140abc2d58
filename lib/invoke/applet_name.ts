import type { Os } from "./plugin_path.ts";

/**
 * The name of the applet that a program was started as: the file name in its
 * path, on Windows in lower case and without `.exe`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(appletName("/opt/cni/bin/bridge", "linux"), "bridge");
 * assertEquals(appletName("C:\\cni\\Sample.EXE", "windows"), "sample");
 * ```
 */
export function appletName(path: string, os: Os = Deno.build.os): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (os !== "windows") return name;
  return name.slice(name.lastIndexOf("\\") + 1).toLowerCase()
    .replace(/\.exe$/, "");
}
