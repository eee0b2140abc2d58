import { spawnProgram } from "../lib/linux/mod.ts";

/** A network namespace without a name, which ends when it is disposed of. */
export interface AnonymousNetns extends AsyncDisposable {
  readonly path: string;
}

/**
 * Makes an empty network namespace that nobody else sees, for what is only
 * tried. It is held by a process that ends with this one.
 */
export async function anonymousNetns(): Promise<AnonymousNetns> {
  const child = spawnProgram("unshare", ["--net", "--", "cat"]);
  const stdin = child.stdin.getWriter();
  const stdout = child.stdout.getReader();
  // It answers once it is there.
  await stdin.write(new TextEncoder().encode("?"));
  const { value } = await stdout.read();
  const end = async () => {
    await stdin.close().catch(() => {});
    await Promise.all([stdout.cancel(), child.stderr.cancel(), child.status]);
  };
  if (value === undefined) {
    await end();
    throw new Error("Cannot make a network namespace to try a plan in");
  }
  return { path: `/proc/${child.pid}/ns/net`, [Symbol.asyncDispose]: end };
}
