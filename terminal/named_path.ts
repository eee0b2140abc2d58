import type { ToolProcess } from "./terminal_process.ts";

/** The absolute form of a path that a person has named. */
export function fullPath(path: string, process: ToolProcess): string {
  return path.startsWith("/") ? path : `${process.cwd()}/${path}`;
}

/** Whether this program itself may read at a path. */
export function isReadable(path: string): boolean {
  const permission = { name: "read", path } as const;
  return Deno.permissions.querySync(permission).state === "granted";
}
