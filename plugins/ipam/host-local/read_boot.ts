import {
  isOnTmpfs,
  openStateDir,
  type StateDir,
} from "../../../lib/state/mod.ts";
import { type Boot, type Boots, isBoot, isSameRun, parseBoot } from "./boot.ts";
import { certainBoot, type PresentBoot } from "./present_boot.ts";

/**
 * Tells the present boot; `undefined` where boots cannot be told apart for
 * certain. With `leavesNote: false` it changes nothing.
 */
export type ReadBoot = (
  options?: { readonly leavesNote?: boolean },
) => PresentBoot | undefined;

/** How {@linkcode readBootWith} learns of boots; the defaults are the real ones. */
export interface BootOptions {
  /** The folder of the note about the present boot. */
  readonly noteDir?: string;
  /** Asks the kernel, which costs a child process. */
  readonly ask?: () => Boot | undefined;
  /** Whether nothing in a folder outlives the boot. */
  readonly isInMemory?: (folder: string) => boolean;
}

/**
 * Tells boots apart by a note in `/run`: the boot id of the kernel that wrote
 * it. As long as the note is there, memory was not lost, so it is the same
 * boot, also where the kernel tells another id by now (containers that were
 * restored along with their `/run`, on another machine or after a restart).
 * Then the note gets the kernel's id before those that it has, and none of them
 * is over. The kernel is asked for that before anything is freed.
 * Where the note is gone, the kernel's id tells whether there was a restart.
 *
 * Only a folder on a tmpfs ends with the kernel, so a note is left nowhere
 * else, and on a system whose `/run` is on a disk no boot is known.
 *
 * Needs `--allow-run=cat`, since Deno reads nothing under `/proc`, and
 * `--allow-read` and `--allow-write` for the folder; without them it knows no
 * boot.
 */
export function readBootWith(options: BootOptions = {}): ReadBoot {
  const {
    noteDir = "/run/cni/host-local",
    ask = askKernel,
    isInMemory = isOnTmpfs,
  } = options;
  return ({ leavesNote = true } = {}) => {
    if (Deno.build.os !== "linux") return undefined;
    try {
      const key = "the note of the boot";
      const folder = openStateDir(noteDir, { key, create: leavesNote });
      const ids = folder && readNote(folder);
      if (folder !== undefined && ids !== undefined) {
        return new NotedBoot(ids, { folder, leavesNote, ask, isInMemory });
      }
      // Nothing was recorded without a note, so nothing is taken for older.
      if (folder === undefined || !leavesNote) return certainBoot(ask());
      folder.remove(NOTE); // Half of one, of a call that was killed.
      const boot = isInMemory(folder.path) ? ask() : undefined;
      if (boot !== undefined) folder.overwrite(NOTE, boot, 0o644);
      return certainBoot(boot);
    } catch {
      return undefined; // Not knowing is safe: nothing is reclaimed then.
    }
  };
}

const NOTE = "boot";

/** Where a note is, and how {@linkcode NotedBoot} finds out if it still holds. */
type NoteOptions =
  & Required<Pick<BootOptions, "ask" | "isInMemory">>
  & Readonly<{ folder: StateDir; leavesNote: boolean }>;

/** The present boot by its note, until the kernel is asked. */
class NotedBoot implements PresentBoot {
  #ids: Boots;
  readonly #options: NoteOptions;
  #isCertain: boolean | undefined;

  constructor(ids: Boots, options: NoteOptions) {
    this.#ids = ids;
    this.#options = options;
  }

  get ids(): Boots {
    return this.#ids;
  }

  confirm(): boolean {
    try {
      return this.#isCertain ??= this.#ask();
    } catch {
      return false; // Not knowing is safe: nothing is reclaimed then.
    }
  }

  #ask(): boolean {
    const { folder, leavesNote, ask, isInMemory } = this.#options;
    // A note on a disk outlives the boot, so it tells nothing.
    const boot = isInMemory(folder.path) ? ask() : undefined;
    if (boot === undefined) return false;
    if (this.#ids.some((id) => isSameRun(id, boot))) return true;
    // Another call may have rewritten the note meanwhile.
    const others = [...readNote(folder) ?? [], ...this.#ids];
    const [first, ...rest] = new Set([boot, ...others]);
    this.#ids = [first!, ...rest];
    // In one step: what is cut short would lose the earlier ids.
    if (leavesNote) folder.replace(NOTE, this.#ids.join("\n"), 0o644);
    return true;
  }
}

/** The ids in a note, one on a line; `undefined` if one is cut short. */
function readNote(folder: StateDir): Boots | undefined {
  const [first, ...rest] = (folder.read(NOTE) ?? "").split("\n");
  return [first!, ...rest].every(isBoot) ? [first!, ...rest] : undefined;
}

const FILES = [
  "/proc/sys/kernel/random/boot_id",
  // Absent on some systems: then its line is missing.
  "/etc/machine-id",
  "/proc/sys/kernel/hostname",
];

function askKernel(): Boot | undefined {
  // Not from the working folder, to which an entry like "." leads.
  const folders = (Deno.env.get("PATH") ?? "").split(":")
    .filter((folder) => folder.startsWith("/"));
  const { stdout } = new Deno.Command("cat", {
    args: FILES,
    clearEnv: true,
    env: { PATH: ["/usr/bin", "/bin", ...folders].join(":") },
    stdin: "null",
    stderr: "null",
  }).outputSync();
  return parseBoot(new TextDecoder().decode(stdout));
}
