import { CniCode, CniError } from "../spec/mod.ts";
import type { Run } from "./command.ts";

/**
 * How `ip` is told a network namespace by its path: a word without a `/` is a
 * name below /run/netns to it, and then a process id.
 */
export function netnsWord(path: string): string {
  return path.includes("/") ? path : `./${path}`;
}

/**
 * How `ip` is told this program's own network namespace, from within another:
 * by path, as a process id may also be the name of a namespace.
 *
 * @param run Runs commands in this program's namespace.
 * @throws {CniError} Code 999 if only the process id is left to tell it by, and
 * a namespace has that name.
 */
export async function hostNetnsWord(run: Run): Promise<string> {
  const id = `${Deno.pid}`;
  const path = `/proc/${id}/ns/net`;
  const test = (...args: readonly string[]) => run({ program: "test", args });
  const isOwn = await test(path, "-ef", "/proc/self/ns/net");
  if (isOwn.status === 0) return path;
  // /proc is that of another PID namespace, where the number means another.
  const name = `/var/run/netns/${id}`;
  if ((await test("-e", name)).status !== 0) return id;
  throw new CniError(CniCode.Internal, "Cannot name the host's namespace", {
    details: `${path} is not that of this program, and ${name} has its ` +
      "process id for a name: try again, or rename that namespace",
  });
}
