import { BUILD_ID } from "../../../lib/plugin/mod.ts";
import { programEnvironment } from "../../../lib/linux/mod.ts";
import {
  checksum,
  isOnTmpfs,
  openStateDir,
  type StateDir,
} from "../../../lib/state/mod.ts";

/** How {@linkcode Trials} remembers; the defaults are the real ones. */
export interface TrialsOptions {
  /** The folder of notes. */
  readonly folder?: string;
  /** The build that tries. */
  readonly buildId?: string;
  /** Whether nothing in a folder outlives the boot. */
  readonly isInMemory?: (folder: string) => boolean;
}

/** So long, in milliseconds, a trial that went well need not be repeated. */
export const TRIAL_LASTS_MS = 5 * 60 * 1000;

/**
 * Remembers what STATUS has tried and found to work, by notes in
 * `/run/cni/status`: a kubelet asks every five seconds, and each trial starts
 * processes. A note holds for {@linkcode TRIAL_LASTS_MS}, for one build and one
 * place to find programs, and until the next boot: it is left on a tmpfs only.
 *
 * What fails is never noted, and that no note can be left is no fault.
 *
 * Programs that are removed meanwhile are missed when the note has expired, not
 * at once: to look for them the program would need `--allow-read` for their
 * folders, and then iproute2's `bridge` would be a plugin to be found there.
 */
export class Trials {
  readonly #folder: string;
  readonly #buildId: string;
  readonly #isInMemory: (folder: string) => boolean;

  /** Touches nothing yet. */
  constructor(options: TrialsOptions = {}) {
    this.#folder = options.folder ?? "/run/cni/status";
    this.#buildId = options.buildId ?? BUILD_ID;
    this.#isInMemory = options.isInMemory ?? isOnTmpfs;
  }

  /**
   * Does a trial, unless it went well shortly before. Needs `--allow-read` and
   * `--allow-write` for the folder of notes; without them it always does.
   *
   * @param tried All that decides how the trial ends.
   * @throws What the trial throws.
   */
  async once(tried: string, trial: () => Promise<void>): Promise<void> {
    // A program that is run from its source changes without another id.
    if (this.#buildId.startsWith("@")) return await trial();
    const places = JSON.stringify(programEnvironment());
    const note = [this.#buildId, places, tried].join("\n");
    if (this.#isNoted(note)) return;
    await trial();
    this.#leave(note);
  }

  #isNoted(note: string): boolean {
    try {
      const dir = this.#open({ create: false });
      const name = checksum(note);
      return dir !== undefined && isFresh(dir, name) && dir.read(name) === note;
    } catch {
      return false;
    }
  }

  #leave(note: string): void {
    try {
      const dir = this.#open({ create: true });
      if (dir === undefined || !this.#isInMemory(dir.path)) return;
      for (const name of dir.names()) {
        if (!isFresh(dir, name)) dir.remove(name);
      }
      dir.overwrite(checksum(note), note, 0o600);
    } catch {
      // The next STATUS tries again.
    }
  }

  #open({ create }: { readonly create: boolean }): StateDir | undefined {
    const key = "the folder of trials";
    return openStateDir(this.#folder, { key, create, mode: 0o700 });
  }
}

/** Whether a note still holds: one from the future is of a clock set since. */
function isFresh(dir: StateDir, name: string): boolean {
  const ageMs = dir.ageMsOf(name);
  return ageMs !== undefined && ageMs >= 0 && ageMs < TRIAL_LASTS_MS;
}

/** As {@linkcode Trials.once}, with the real notes. */
export function tryOnce(
  tried: string,
  trial: () => Promise<void>,
): Promise<void> {
  return new Trials().once(tried, trial);
}
