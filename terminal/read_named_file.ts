import { runCommand } from "../lib/linux/mod.ts";
import { CniCode, CniError } from "../lib/spec/mod.ts";
import { fullPath, isReadable } from "./named_path.ts";
import type { TerminalProcess } from "./terminal_process.ts";

/**
 * Reads a file that a person has named on the command line, `-` being stdin.
 * It may lie anywhere: what this program itself is confined from, other
 * programs read with that person's own rights.
 *
 * @throws {CniError} Code 5 if it cannot be read.
 */
export async function readNamedFile(
  path: string,
  process: TerminalProcess,
): Promise<string> {
  return new TextDecoder().decode(await readNamedBytes(path, process));
}

/**
 * As {@linkcode readNamedFile}, with all bytes as they are.
 *
 * @throws {CniError} Code 5 if it cannot be read.
 */
export async function readNamedBytes(
  path: string,
  process: TerminalProcess,
): Promise<Uint8Array<ArrayBuffer>> {
  if (path === "-") return new TextEncoder().encode(await process.readStdin());
  const full = fullPath(path, process);
  if (!isReadable(full)) return await readAside(path, full);
  try {
    return await Deno.readFile(full);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    // Deno repeats the call and its path after the system's own text.
    throw unreadable(path, reason.replace(/ \(os error \d+\).*$/s, ""), cause);
  }
}

// Not cat, since what a program writes is decoded as a text.
async function readAside(
  path: string,
  full: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const command = { program: "base64", args: ["-w", "0", "--", full] };
  const { status, stdout, stderr } = await runCommand(command);
  if (status === 0) return Uint8Array.fromBase64(stdout);
  const reason = stderr.trim().split(": ").at(-1) ?? "";
  throw unreadable(path, reason, undefined);
}

function unreadable(path: string, reason: string, cause: unknown): CniError {
  const message = `Cannot read ${path}: ${reason}`;
  return new CniError(CniCode.IoFailure, message, { cause });
}
