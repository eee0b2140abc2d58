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
  // Deno reads no namespace of /proc without all permissions.
  const { status } = await runCommand({ program: "test", args: ["-e", path] });
  return status === 0;
}

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
