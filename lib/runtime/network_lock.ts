import { NETWORK_LOCKS } from "../plugin/mod.ts";
import { checkNetworkName, CniCode, CniError, describe } from "../spec/mod.ts";
import { confinePath, fitFileName, tryFileLock } from "../state/mod.ts";
import type { Engine, OperationOptions } from "./engine.ts";

/** Which lock an operation needs, and how long it may wait for it. */
export interface NetworkLockOptions {
  /** The network's name. */
  readonly network: string;
  /** `shared` for what concerns one attachment, `exclusive` for GC. */
  readonly mode: "shared" | "exclusive";
  /** What may end the wait. */
  readonly options: OperationOptions;
  /** How long to wait at most, in milliseconds. Default: 2 minutes, for GC 30 s. */
  readonly waitMs?: number;
}

/**
 * Runs `act` while GC is kept apart from everything else that is done to the
 * network with the same result cache, by whatever process: ADD, CHECK and DEL
 * share the lock, GC has it alone. It is `flock` on a file beside the cache, so
 * it ends with its holder.
 *
 * Who waits for a GC gets in after it, and a GC that waits lets nobody in
 * before it, or it would never come to its turn. What a plugin starts itself
 * (a runtime within a plugin, on the same network) does not wait for the lock
 * that its own caller holds; a GC there is refused.
 *
 * Where the lock cannot be had, as on a file system without locks, that is said
 * once for each runtime, and `act` runs without it.
 *
 * @param act Gets the engine to call plugins with while the lock is held.
 * @throws {CniError} Code 11 if it would have to wait for too long.
 */
export async function withNetworkLock<T>(
  engine: Engine,
  lock: NetworkLockOptions,
  act: (engine: Engine) => Promise<T>,
): Promise<T> {
  checkNetworkName(lock.network);
  const { held, networkLocks } = await takeLock(engine, lock);
  using _held = held;
  return await act({ ...engine, networkLocks });
}

interface Taken {
  readonly held: Disposable | undefined;
  /** The locks that this process and its callers hold. */
  readonly networkLocks: string;
}

async function takeLock(
  engine: Engine,
  lock: NetworkLockOptions,
): Promise<Taken> {
  const outer = engine.networkLocks ?? inheritedLocks();
  try {
    const files = lockFiles(engine, lock.network);
    const within = takeWithin(outer, files, lock);
    if (within !== undefined) return { ...within, networkLocks: outer };
    const held = await waitFor(files, lock);
    return { held, networkLocks: `${outer}${lock.mode} ${files.room}\n` };
  } catch (error) {
    const isUnlockable = error instanceof CniError &&
      error.code !== CniCode.TryAgainLater;
    if (!isUnlockable) throw error;
    engine.onUnlocked(error);
    return { held: undefined, networkLocks: outer };
  }
}

/** The locks that those hold who have started this process. */
function inheritedLocks(): string {
  const permission = { name: "env", variable: NETWORK_LOCKS } as const;
  const isKnown = Deno.permissions.querySync(permission).state === "granted";
  return isKnown ? Deno.env.get(NETWORK_LOCKS) ?? "" : "";
}

/** The lock of those who are at work, and the one on the way to it. */
interface LockFiles {
  readonly room: string;
  readonly door: string;
}

function lockFiles({ cache }: Engine, network: string): LockFiles {
  const folder = confinePath(`${cache.folder}/.locks`, { key: "cacheDir" });
  // No network's name holds a "~".
  const door = fitFileName(`${network}~door`, "~door");
  return {
    room: `${folder}/${fitFileName(network)}`,
    door: `${folder}/${door}`,
  };
}

/**
 * Takes the lock past those who wait, if whoever has started this process holds
 * it; `undefined` if that is not so.
 */
function takeWithin(
  outer: string,
  { room }: LockFiles,
  { network, mode }: NetworkLockOptions,
): Pick<Taken, "held"> | undefined {
  const lines = outer.split("\n");
  const isAlone = lines.includes(`exclusive ${room}`);
  if (!isAlone && !lines.includes(`shared ${room}`)) return undefined;
  const held = tryFileLock(room, mode);
  if (held !== undefined || isAlone) return { held };
  if (mode === "shared") return undefined; // It has ended, so it is a stranger.
  const message = `Cannot collect the garbage of network ${describe(network)}`;
  throw new CniError(CniCode.TryAgainLater, message, {
    details: "a plugin of that network, which is at work for an attachment, " +
      "has asked for it: do it when the attachment is made",
  });
}

async function waitFor(
  { room, door }: LockFiles,
  { network, mode, options: { signal }, waitMs = WAIT_MS[mode] }:
    NetworkLockOptions,
): Promise<Disposable> {
  const endMs = performance.now() + waitMs;
  let doorHeld: Disposable | undefined;
  try {
    for (let pauseMs = 1;; pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS)) {
      doorHeld ??= tryFileLock(door, mode);
      const held = doorHeld && tryFileLock(room, mode);
      if (held !== undefined) return held;
      // A GC keeps others out while it waits for those inside.
      if (mode === "shared") doorHeld = release(doorHeld);
      if (signal?.aborted) throw notLocked(network, String(signal.reason));
      if (performance.now() > endMs) {
        const others = mode === "shared" ? "a GC" : "another operation";
        const reason = `${others} has been at work on it for ${
          waitMs / 1000
        } s`;
        throw notLocked(network, reason);
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  } finally {
    release(doorHeld);
  }
}

function release(lock: Disposable | undefined): undefined {
  lock?.[Symbol.dispose]();
}

function notLocked(network: string, details: string): CniError {
  const message = `Cannot lock network ${describe(network)}`;
  return new CniError(CniCode.TryAgainLater, message, { details });
}

/** A GC can be repeated, and keeps all others waiting while it waits. */
const WAIT_MS = { shared: 120_000, exclusive: 30_000 } as const;

const MAX_PAUSE_MS = 50;
