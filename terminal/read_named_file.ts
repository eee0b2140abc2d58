import { runCommand } from "../lib/linux/mod.ts";
import { CniCode, CniError } from "../lib/spec/mod.ts";
import type { TerminalProcess } from "./terminal_process.ts";

/**
 * Reads a file that a person has named on the command line, `-` being stdin.
 * It may lie anywhere: what this program itself is confined from, `cat` reads
 * with that person's own rights.
 *
 * @throws {CniError} Code 5 if it cannot be read.
 */
export async function readNamedFile(
  path: string,
  process: TerminalProcess,
): Promise<string> {
  if (path === "-") return await process.readStdin();
  const full = path.startsWith("/") ? path : `${process.cwd()}/${path}`;
  const permission = { name: "read", path: full } as const;
  if (Deno.permissions.querySync(permission).state !== "granted") {
    return await readAside(path, full);
  }
  try {
    return await Deno.readTextFile(full);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    // Deno repeats the call and its path after the system's own text.
    throw unreadable(path, reason.replace(/ \(os error \d+\).*$/s, ""), cause);
  }
}

async function readAside(path: string, full: string): Promise<string> {
  const args = ["--", full];
  const { status, stdout, stderr } = await runCommand({ program: "cat", args });
  if (status === 0) return stdout;
  const reason = stderr.trim().split(": ").at(-1) ?? "";
  throw unreadable(path, reason, undefined);
}

function unreadable(path: string, reason: string, cause: unknown): CniError {
  const message = `Cannot read ${path}: ${reason}`;
  return new CniError(CniCode.IoFailure, message, { cause });
}
