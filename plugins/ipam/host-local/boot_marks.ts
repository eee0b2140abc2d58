import {
  type Aside,
  discard,
  findAside,
  lookAt,
  namesIn,
  orUndefined,
} from "./aside.ts";
import { type Boot, type Boots, isEndedBoot } from "./boot.ts";

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
 * removed and made again by another program, with the same text and at the same
 * time by a clock gone wrong, is still known for another. The mark's name holds
 * the time of the file's last change, so a file that was rewritten in place, or
 * touched, has no mark either. Times are compared only for being the same.
 *
 * For the holder of the network's lock. What cannot be marked counts as of
 * unknown origin, which is safe, so failing to mark is not an error.
 */
export class BootMarks {
  readonly #options: BootMarksOptions;

  /** Touches nothing yet. */
  constructor(options: BootMarksOptions) {
    this.#options = options;
  }

  /**
   * Marks files as made, or first seen, in the present boot.
   *
   * @returns Whether they are the first of this boot.
   */
  mark(files: Iterable<string>, [boot]: Boots): boolean {
    const { dataDir, names } = this.#options.marks;
    const aside = { dataDir, names: [...names, boot] };
    try {
      const there = findAside(aside);
      const folder = there ?? findAside(aside, true);
      for (const file of files) {
        const info = lookAt(this.#pathOf(file));
        if (!info?.isFile) continue;
        const mark = `${folder}/${markName(file, info)}`;
        link(this.#pathOf(file), mark);
      }
      return there === undefined;
    } catch {
      this.forgetComplete();
      return false; // See above.
    }
  }

  /**
   * Marks those of `files` that have no mark, at most `limit` of them. Removes
   * marks of files that are gone, or are others now.
   */
  markUnknown(
    files: readonly string[],
    present: Boots,
    limit = Infinity,
  ): void {
    const [boot] = present;
    const marked = new Set<string>();
    for (const { mark, file } of this.#all((other) => other !== boot)) {
      if (this.#isOn(mark, file)) marked.add(file);
      else discard(mark);
    }
    // Those of now are only looked at for the time of the file: one that is not
    // on it all the same is found out after the next start.
    for (const { mark, name, file } of this.#all((other) => other === boot)) {
      const info = lookAt(this.#pathOf(file));
      if (info?.isFile && name === markName(file, info)) marked.add(file);
      else discard(mark);
    }
    // Refused, and rightly, while there are marks in it.
    this.#folders((other) => isEndedBoot(other, present)).forEach(discard);
    this.mark(
      files.filter((file) => !marked.has(file)).slice(0, limit),
      present,
    );
  }

  /**
   * Notes that every file has a mark, and keeps it as long as the caller knows
   * of each change of the folder.
   */
  noteComplete(boot: Boot): void {
    const root = findAside(this.#options.marks);
    if (root === undefined) return;
    orUndefined(() => Deno.writeTextFileSync(`${root}/${COMPLETE}`, boot));
  }

  /** Whether that was noted in this boot. */
  isComplete(boot: Boot): boolean {
    const root = findAside(this.#options.marks);
    if (root === undefined) return false;
    return orUndefined(() => Deno.readTextFileSync(`${root}/${COMPLETE}`)) ===
      boot;
  }

  /** To be called when the caller has missed a change of the folder. */
  forgetComplete(): void {
    const root = findAside(this.#options.marks);
    if (root !== undefined) discard(`${root}/${COMPLETE}`);
  }

  /** Removes a file's marks; to be done before it is removed. */
  unmark(file: string): void {
    const info = lookAt(this.#pathOf(file));
    if (info === undefined) return;
    for (const folder of this.#folders()) {
      discard(`${folder}/${markName(file, info)}`);
    }
  }

  /**
   * The files that were made in a boot of this machine that has ended.
   *
   * @param isWanted Chooses among them by name.
   */
  madeBefore(
    present: Boots,
    isWanted: (file: string) => boolean,
  ): readonly string[] {
    return [...this.#all((boot) => isEndedBoot(boot, present))]
      .filter(({ mark, file }) => isWanted(file) && this.#isOn(mark, file))
      .map(({ file }) => file);
  }

  /** All marks of the boots that are wanted, each with the file it names. */
  *#all(isWanted: (boot: Boot) => boolean = () => true) {
    for (const folder of this.#folders(isWanted)) {
      for (const name of namesIn(folder)) {
        const file = name.slice(0, name.lastIndexOf("~"));
        yield { mark: `${folder}/${name}`, name, file };
      }
    }
  }

  #folders(isWanted: (boot: Boot) => boolean = () => true): readonly string[] {
    const root = findAside(this.#options.marks);
    if (root === undefined) return [];
    return namesIn(root).filter(isWanted).map((boot) => `${root}/${boot}`);
  }

  /** Whether a mark is on the very file of that name, unchanged since. */
  #isOn(mark: string, file: string): boolean {
    const info = lookAt(this.#pathOf(file));
    const marked = lookAt(mark);
    return info?.isFile === true && info.ino !== null &&
      info.ino === marked?.ino && info.dev === marked.dev &&
      mark.endsWith(`/${markName(file, info)}`);
  }

  #pathOf(file: string): string {
    return `${this.#options.reservations}/${file}`;
  }
}

/** The name of a note among the folders of boots. */
const COMPLETE = "complete";

function markName(file: string, info: Deno.FileInfo): string {
  return `${file}~${info.mtime?.getTime() ?? 0}`;
}

/** Makes a second link, in place of one left by a file that was here before. */
function link(path: string, mark: string): void {
  try {
    Deno.linkSync(path, mark);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    discard(mark);
    Deno.linkSync(path, mark);
  }
}
