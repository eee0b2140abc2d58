import { RETIRE } from "./wire.ts";

/** A socket that shims connect to. */
export interface Socket {
  readonly listener: Deno.Listener<Deno.UnixConn>;
  /** Removes its file, unless another daemon has put its own there. */
  remove(): void;
}

/** How long an older daemon may take to say that it has heard. */
const RETIRE_TIMEOUT_MS = 2000;

/**
 * Listens at a path, in place of what is there: a socket that nobody serves,
 * or that of a daemon, which finishes what it has and ends. Shims find one or
 * the other at every moment. Needs `--allow-net=unix:` for the path and for
 * the path with `.new` after it, and its folder to read and write.
 *
 * @returns The socket, and whether a daemon was there before.
 */
export async function listenInPlace(
  path: string,
): Promise<Socket & { readonly hasReplaced: boolean }> {
  const before = await connect(path);
  const { listener, ino } = listen(path);
  if (before !== undefined) await retire(before);
  const remove = () => {
    if (inodeOf(path) === ino) removeIfThere(path);
  };
  return { listener, remove, hasReplaced: before !== undefined };
}

/** Listens at a path; whoever connects finds the new socket from then on. */
function listen(path: string) {
  const fresh = `${path}.new`;
  try {
    removeIfThere(fresh);
    const listener = Deno.listen({ transport: "unix", path: fresh });
    Deno.chmodSync(fresh, 0o600);
    const { ino } = Deno.lstatSync(fresh);
    Deno.renameSync(fresh, path);
    return { listener, ino };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot listen on ${path}: ${reason}`, { cause });
  }
}

async function connect(path: string): Promise<Deno.UnixConn | undefined> {
  try {
    return await Deno.connect({ transport: "unix", path });
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return undefined;
  }
}

/** Tells the daemon before this one to end, and waits until it has heard. */
async function retire(before: Deno.UnixConn): Promise<void> {
  const limit = setTimeout(() => before.close(), RETIRE_TIMEOUT_MS);
  try {
    await before.write(new TextEncoder().encode(`${RETIRE}\n`));
    await before.read(new Uint8Array(16));
    before.close();
  } catch {
    // It is gone, or does not answer: its socket is not there any more.
  } finally {
    clearTimeout(limit);
  }
}

function inodeOf(path: string): number | null | undefined {
  try {
    return Deno.lstatSync(path).ino;
  } catch {
    return undefined;
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
