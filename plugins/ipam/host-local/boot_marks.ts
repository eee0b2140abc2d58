import { type Aside, asidePath, openAside } from "./aside.ts";
import { type Boot, bootName, isEndedBoot } from "./boot.ts";

/** Where {@linkcode BootMarks} are kept, and of what. */
export interface BootMarksOptions {
  /** The network's folder of reservations. */
  readonly reservations: string;
  /** The folder of marks, on the same file system; made when needed. */
  readonly marks: Aside;
}

/**
 * Knows in which boot the files of a network's folder were made, or first
 * seen. A mark is a second link to the file, in a folder named by the boot. As
 * long as it is there, no other file can get the same inode: so a file that was
 * removed and made again by somebody else, with the same text and at the same
 * time by a clock gone wrong, is still known for another. The mark's name holds
 * the time of the file's last change, so that a file that somebody rewrote in
 * place, or touched, bears no mark either. No two times are ever compared but
 * for being the same.
 *
 * For whoever holds the network's lock. Whatever cannot be marked counts as of
 * unknown origin, which is safe, so that failing to is no error.
 */
export class BootMarks {
  readonly #options: BootMarksOptions;
  #names: readonly string[] | undefined;

  /** Touches nothing yet. */
  constructor(options: BootMarksOptions) {
    this.#options = options;
  }

  /** Whether anything was marked in a boot. */
  knows(boot: Boot): boolean {
    return this.#folders().includes(bootName(boot));
  }

  /** Marks files as made, or first seen, in a boot. */
  mark(files: Iterable<string>, boot: Boot): void {
    try {
      this.#names = undefined;
      const { dataDir, names } = this.#options.marks;
      const aside = { dataDir, names: [...names, bootName(boot)] };
      const folder = openAside(aside, true);
      if (folder === undefined) return;
      for (const file of files) this.#link(file, folder.path);
    } catch {
      // See above.
    }
  }

  /**
   * Marks those files of which there is no mark; at most `limit` of them. A
   * mark of a file that was here before counts, until it is pruned.
   */
  markUnknown(files: Iterable<string>, boot: Boot, limit = Infinity): void {
    const marked = new Set<string>();
    for (const folder of this.#folders()) {
      for (const mark of this.#marksIn(folder)) marked.add(fileOf(mark));
    }
    const unknown: string[] = [];
    for (const file of files) {
      if (unknown.length >= limit) break;
      if (!marked.has(file)) unknown.push(file);
    }
    this.mark(unknown, boot);
  }

  /** Takes a file's marks off; to be done before it is removed. */
  unmark(file: string): void {
    const folders = this.#folders();
    const info = folders.length === 0 ? undefined : lookAt(this.#pathOf(file));
    if (info === undefined) return;
    for (const folder of folders) {
      discard(`${this.#root}/${folder}/${markName(file, info)}`);
    }
  }

  /**
   * The files that were made before `now`, by a boot of this machine that has
   * ended.
   *
   * @param isWanted Chooses among them by name.
   */
  *madeBefore(
    now: Boot,
    isWanted: (file: string) => boolean,
  ): Generator<string> {
    for (const folder of this.#folders()) {
      if (!isEndedBoot(folder, now)) continue;
      for (const mark of this.#marksIn(folder)) {
        const file = fileOf(mark);
        if (isWanted(file) && this.#holds(folder, mark, file)) yield file;
      }
    }
  }

  /** Removes the marks of files that are gone, or are others now. */
  prune(now: Boot): void {
    for (const folder of this.#folders()) {
      for (const mark of this.#marksIn(folder)) {
        const file = fileOf(mark);
        if (!this.#holds(folder, mark, file)) {
          discard(`${this.#root}/${folder}/${mark}`);
        }
      }
      // Refused, and rightly, while there are marks in it.
      if (isEndedBoot(folder, now)) discard(`${this.#root}/${folder}`);
    }
    this.#names = undefined;
  }

  #holds(folder: string, mark: string, file: string): boolean {
    const info = lookAt(this.#pathOf(file));
    const marked = lookAt(`${this.#root}/${folder}/${mark}`);
    return info !== undefined && marked !== undefined && info.isFile &&
      info.ino !== null && info.ino === marked.ino && info.dev === marked.dev &&
      mark === markName(file, info);
  }

  #link(file: string, folder: string): void {
    const path = this.#pathOf(file);
    const info = lookAt(path);
    if (!info?.isFile) return;
    const mark = `${folder}/${markName(file, info)}`;
    // One left by a file that was here before.
    if (lookAt(mark) !== undefined) discard(mark);
    Deno.linkSync(path, mark);
  }

  get #root(): string {
    return asidePath(this.#options.marks);
  }

  #pathOf(file: string): string {
    return `${this.#options.reservations}/${file}`;
  }

  /** The folders of boots, each by its name. */
  #folders(): readonly string[] {
    return this.#names ??= this.#listFolders();
  }

  #listFolders(): readonly string[] {
    try {
      if (openAside(this.#options.marks) === undefined) return [];
      return [...Deno.readDirSync(this.#root)]
        .filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
    } catch {
      return [];
    }
  }

  #marksIn(folder: string): readonly string[] {
    return namesIn(`${this.#root}/${folder}`);
  }
}

function markName(file: string, info: Deno.FileInfo): string {
  return `${file}~${info.mtime?.getTime() ?? 0}`;
}

function fileOf(mark: string): string {
  return mark.slice(0, mark.lastIndexOf("~"));
}

function namesIn(folder: string): readonly string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch {
    return [];
  }
}

function lookAt(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch {
    return undefined;
  }
}

function discard(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // Not there, or it stays: a mark too many, which the next prune removes.
  }
}
