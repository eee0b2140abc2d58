import { resolve } from "@std/path/posix/resolve";
import { runCommand } from "../lib/linux/mod.ts";
import { CniCode, CniError } from "../lib/spec/mod.ts";
import { type ToolProcess, UsageError } from "../terminal/mod.ts";

/** Where `ip netns` keeps the namespaces that have a name. */
export const NETNS_FOLDER = "/run/netns";

/** A network namespace as someone has named it. */
export interface NamedNetns {
  /** Its path, absolute. */
  readonly path: string;
  /** Its name for `ip netns`, if it has one. */
  readonly name?: string;
}

/**
 * Finds the path of a namespace that is given by its name, its path or the id
 * of a process in it. A name of digits only goes before a process.
 *
 * @throws {UsageError} If the text can be none of them.
 */
export async function resolveNetns(
  text: string,
  process: ToolProcess,
): Promise<NamedNetns> {
  if (text.includes("/")) {
    const path = resolve(process.cwd(), text);
    const [, name] = /^(?:\/var)?\/run\/netns\/([^/]+)$/.exec(path) ?? [];
    return name === undefined ? { path } : { path, name };
  }
  if (text === "" || text === "." || text === "..") {
    const expected = "a name, a path or the id of a process";
    throw new UsageError(
      `${JSON.stringify(text)} is no network namespace: expected ${expected}`,
    );
  }
  const path = `${NETNS_FOLDER}/${text}`;
  if (/^\d+$/.test(text) && !await isThere(path)) {
    return { path: `/proc/${text}/ns/net` };
  }
  return { path, name: text };
}

/** The names of the namespaces that have one, in order. */
export function netnsNames(): readonly string[] {
  try {
    return [...Deno.readDirSync(NETNS_FOLDER)].map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Whether there is anything at a path, also below `/proc`. */
export async function isThere(path: string): Promise<boolean> {
  return (await pathsThere([path])).has(path);
}

/**
 * Those of some paths at which there is anything, also below `/proc`. One child
 * process looks at thousands of them.
 *
 * @throws {CniError} Code 5 if they cannot be looked at.
 */
export async function pathsThere(
  paths: Iterable<string>,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const some of inChunks(new Set(paths))) {
    // Deno reads no namespace of /proc without all permissions.
    const args = ["-c", LOOK, "sh", ...some];
    const { status, stdout, stderr } = await runCommand({
      program: "sh",
      args,
    });
    if (status !== 0 || stdout.length !== some.length) {
      const message = "Cannot look for network namespaces";
      throw new CniError(CniCode.IoFailure, message, {
        details: stderr.trim(),
      });
    }
    some.filter((_, index) => stdout[index] === "1")
      .forEach((path) => found.add(path));
  }
  return found;
}

const LOOK = `for path; do
  if [ -e "$path" ]; then printf 1; else printf 0; fi
done`;

/** As many paths at a time as a command line holds on every system. */
function* inChunks(paths: Iterable<string>): Generator<readonly string[]> {
  let chunk: string[] = [];
  let length = 0;
  for (const path of paths) {
    // No path is longer or has a NUL, and no command line has one.
    if (path.length > 4096 || path === "" || path.includes("\0")) continue;
    length += 3 * path.length + 1;
    if (length > MAX_LENGTH && chunk.length > 0) {
      yield chunk;
      [chunk, length] = [[], 3 * path.length + 1];
    }
    chunk.push(path);
  }
  if (chunk.length > 0) yield chunk;
}

/** A quarter of the usual limit; a letter has at most three bytes. */
const MAX_LENGTH = 500_000;

/**
 * Makes a namespace that has a name.
 *
 * @throws {CniError} Code 8 if that fails.
 */
export async function createNetns(name: string): Promise<void> {
  await ipNetns("add", name);
}

/** Removes a namespace that has a name. */
export async function deleteNetns(name: string): Promise<void> {
  await ipNetns("delete", name);
}

async function ipNetns(verb: "add" | "delete", name: string): Promise<void> {
  const args = ["netns", verb, name];
  const { status, stderr } = await runCommand({ program: "ip", args });
  if (status === 0) return;
  const message = `Cannot ${verb} the network namespace ${
    JSON.stringify(name)
  }`;
  throw new CniError(CniCode.InvalidNetns, message, {
    details: stderr.trim(),
  });
}
