import { openStateDir, type StateDir } from "../../../lib/state/mod.ts";
import { type Boot, type BootSource, NO_BOOTS, parseBoot } from "./boot.ts";

/** How {@linkcode kernelBoots} learns of boots; the defaults are the real ones. */
export interface KernelBootOptions {
  /** The folder of the note about the present boot. */
  readonly noteDir?: string;
  /** Asks the kernel, at the price of a child process. */
  readonly read?: () => Boot | undefined;
  /** Whether nothing in the folder can outlive the boot. */
  readonly isVolatile?: (folder: StateDir) => boolean;
}

/**
 * Tells boots apart by the kernel's boot id. Deno reads nothing under `/proc`,
 * so a child process does, and what it says is noted in a folder for the calls
 * to come. The note is believed only while the folder is on a tmpfs: that is
 * memory, and ends with the kernel that wrote the note. On any other file
 * system there is no cheap way to know for certain.
 *
 * Needs `--allow-run=cat`, and `--allow-read` and `--allow-write` for the
 * folder; without them it does with less, down to knowing no boot at all.
 */
export function kernelBoots(options: KernelBootOptions = {}): BootSource {
  if (Deno.build.os !== "linux") return NO_BOOTS;
  const {
    noteDir = NOTE_DIR,
    read = readKernel,
    isVolatile = isOnTmpfs,
  } = options;
  return {
    read,
    current: () => {
      const folder = openNotes(noteDir, isVolatile);
      if (folder === undefined) return undefined;
      return readNote(folder) ?? writeNote(folder, read());
    },
  };
}

const NOTE_DIR = "/run/cni/host-local";

const FILES = [
  "/proc/sys/kernel/random/boot_id",
  // Absent on some systems: then its line is missing.
  "/etc/machine-id",
  "/proc/sys/kernel/hostname",
];

function readKernel(): Boot | undefined {
  try {
    const { stdout } = new Deno.Command("cat", {
      args: FILES,
      stdin: "null",
      stderr: "null",
    }).outputSync();
    return parseBoot(new TextDecoder().decode(stdout));
  } catch {
    return undefined; // Not knowing is safe: nothing is reclaimed then.
  }
}

/** The folder of the note, if a note in it can be believed. */
function openNotes(
  noteDir: string,
  isVolatile: (folder: StateDir) => boolean,
): StateDir | undefined {
  try {
    const options = { key: "the note of the boot", create: true } as const;
    const folder = openStateDir(noteDir, options);
    const [name = "", ...others] = folder.names();
    // Half a note, of a call that was killed: see below.
    if (name !== "" && others.length === 0) folder.remove(name);
    return isVolatile(folder) ? folder : undefined;
  } catch {
    return undefined;
  }
}

function readNote(folder: StateDir): Boot | undefined {
  try {
    const lines = ["boot", "machine"].map((name) => folder.read(name));
    return parseBoot(lines.join("\n"));
  } catch {
    return undefined;
  }
}

function writeNote(
  folder: StateDir,
  boot: Boot | undefined,
): Boot | undefined {
  if (boot === undefined) return undefined;
  try {
    folder.overwrite("machine", boot.machine, 0o644);
    folder.overwrite("boot", boot.id, 0o644);
  } catch {
    // Then the next ADD asks the kernel again.
  }
  return boot;
}

/**
 * Recognises a folder on a tmpfs, since Deno cannot ask for the kind of a file
 * system: it is on no device, takes no blocks, and is 40 bytes large plus 20
 * for each entry. Only exactly that will do; a mistake the other way would be
 * to take a note of an earlier boot for one of this.
 */
function isOnTmpfs(folder: StateDir): boolean {
  const { dev, size, blocks } = Deno.lstatSync(folder.path);
  const major = Math.floor(dev / 0x100) & 0xfff;
  // With one entry, an overlay on ext4 with inline data would pass as well.
  const entries = folder.names().length;
  return major === 0 && blocks === 0 && entries !== 1 &&
    size === 40 + 20 * entries;
}
