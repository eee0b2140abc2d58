import { type Aside, discard, findAside, lookAt, namesIn } from "./aside.ts";

/** What an index is told of a reservation. */
export interface IndexEntry {
  readonly containerId: string;
  /** The interface's name; absent if the reservation tells none. */
  readonly ifname?: string;
  /** The name of the reservation's file. */
  readonly file: string;
}

/** Where an {@linkcode OwnerIndex} is kept, and of what. */
export interface OwnerIndexOptions {
  /** The network's folder of reservations. */
  readonly reservations: string;
  /** The folder of the index, on the same file system; made when needed. */
  readonly index: Aside;
}

/**
 * Tells which files a container has, without reading all of them. For the
 * holder of the network's lock, once: it is opened for each call.
 *
 * An entry is a second link to the file of a reservation, named
 * `<container>~<file>~<interface>`, in one of 256 folders, the shards. The index
 * is right or it is silent, whoever else changes the folder of reservations: after every
 * change of ours that folder and the index's get the same time of last change,
 * drawn by lot. What another program makes, renames or removes sets the
 * former's to the time of day, so they differ. A shard has a constant time
 * likewise, so that it is noticed when a crash or a person changed it. Times
 * are compared only for being the same, so that neither the clock nor its
 * granularity matters. All is names and times, which a file system's journal
 * keeps in order: a power loss leaves a state that has been.
 */
export class OwnerIndex {
  readonly #options: OwnerIndexOptions;
  readonly #stampMs = drawStampMs();
  /** The folder of an index that is to be believed. */
  #root: string | undefined;
  /** The reservations' time of change after all that we know of. */
  #knownMs: number;

  /** Opens the index of a folder that is locked. */
  constructor(options: OwnerIndexOptions) {
    this.#options = options;
    this.#knownMs = changeMs(options.reservations);
    const root = findAside(options.index);
    if (root && changeMs(root) === this.#knownMs) this.#root = root;
  }

  /** Whether it is known that nobody else has changed the folder. */
  get isBelieved(): boolean {
    return this.#root !== undefined;
  }

  /**
   * The files that a container has, by name. Their text counts: one may have
   * been rewritten in place.
   *
   * @returns `undefined` if the index does not know: read the folder then, and
   * hand what is in it to {@linkcode OwnerIndex.rebuild}.
   */
  filesOf(containerId: string): readonly string[] | undefined {
    const shard = this.#shardOf(containerId);
    if (shard === undefined || !isIndexed(containerId)) return undefined;
    return namesIn(shard).filter((name) => name.startsWith(`${containerId}~`))
      .map((name) => name.split("~")[1] ?? "");
  }

  /**
   * Who has which file, without a look at any file; those whose owner does not
   * fit the name of an entry are left out.
   *
   * @returns The owners by the file's name; `undefined` if the index does not
   * know.
   */
  all(): ReadonlyMap<string, IndexEntry> | undefined {
    const owners = new Map<string, IndexEntry>();
    for (let shard = 0; shard < SHARD_COUNT; shard++) {
      const path = this.#intact(shard);
      if (path === undefined) return undefined;
      for (const name of namesIn(path)) {
        const entry = parseName(name);
        if (entry !== undefined) owners.set(entry.file, entry);
      }
    }
    return owners;
  }

  /** Makes the index fit all that is in the folder; a small one needs none. */
  rebuild(entries: readonly IndexEntry[]): void {
    this.#attempt(() => {
      const isLarge = entries.length >= SMALLEST;
      this.#root = findAside(this.#options.index, isLarge);
      if (!isLarge) return this.#discard();
      this.beforeChange();
      this.#fill(entries);
      this.#stamp();
    });
  }

  /** To be called right before the caller changes the folder. */
  beforeChange(): void {
    if (this.#root === undefined) return;
    // By someone without the lock, most likely a person.
    const isOurs = changeMs(this.#options.reservations) === this.#knownMs;
    if (!isOurs) this.#root = undefined;
  }

  /** To be called right after a file was made. */
  added(entry: IndexEntry): void {
    this.#change(entry, (path) => this.#link(entry, path));
  }

  /** To be called right after a file was removed. */
  removed(entry: IndexEntry): void {
    this.#change(entry, (path) => Deno.removeSync(path));
  }

  /** To be called right after any other change of the folder. */
  changedOtherwise(): void {
    this.#attempt(() => this.#stamp());
  }

  #change(entry: IndexEntry, act: (path: string) => void): void {
    this.#attempt(() => {
      const shard = this.#shardOf(entry.containerId);
      if (shard === undefined) return;
      if (isIndexed(entry.containerId)) {
        act(`${shard}/${entryName(entry)}`);
        setChangeMs(shard, INTACT_MS);
      }
      this.#stamp();
    });
  }

  /** The shard of a container's entries, if it is as we left it. */
  #shardOf(containerId: string): string | undefined {
    return this.#intact(shardOf(containerId));
  }

  #intact(number: number): string | undefined {
    if (this.#root === undefined) return undefined;
    const shard = `${this.#root}/${number}`;
    if (changeMs(shard) === INTACT_MS) return shard;
    this.#root = undefined;
    return undefined;
  }

  /** Makes every shard hold its entries and nothing else. */
  #fill(entries: readonly IndexEntry[]): void {
    const shards = Array.from(
      { length: SHARD_COUNT },
      () => new Map<string, IndexEntry>(),
    );
    for (const entry of entries) {
      if (!isIndexed(entry.containerId)) continue;
      shards[shardOf(entry.containerId)]!.set(entryName(entry), entry);
    }
    for (const [shard, missing] of shards.entries()) {
      const path = `${this.#root}/${shard}`;
      if (!lookAt(path)?.isDirectory) {
        discard(path);
        Deno.mkdirSync(path, { mode: 0o700 });
      }
      for (const name of namesIn(path)) {
        if (!missing.delete(name)) discard(`${path}/${name}`);
      }
      for (const [name, entry] of missing) {
        this.#link(entry, `${path}/${name}`);
      }
      setChangeMs(path, INTACT_MS);
    }
  }

  #link({ file }: IndexEntry, path: string): void {
    Deno.linkSync(`${this.#options.reservations}/${file}`, path);
  }

  /** Says that the index describes the folder as it is now. */
  #stamp(): void {
    if (this.#root === undefined) return;
    setChangeMs(this.#root, this.#stampMs);
    setChangeMs(this.#options.reservations, this.#stampMs);
    this.#knownMs = changeMs(this.#options.reservations);
  }

  /** Removes the index: its links keep the disk from freeing files. */
  #discard(): void {
    const root = this.#root;
    this.#root = undefined;
    if (root !== undefined) Deno.removeSync(root, { recursive: true });
  }

  /** An index that fails is one that is not there. */
  #attempt(act: () => void): void {
    try {
      act();
    } catch {
      this.#root = undefined;
    }
  }
}

/** From how many reservations on an index is kept: to read fewer is as fast. */
const SMALLEST = 250;

const SHARD_COUNT = 256;

/** The time of last change of a shard that no one else changed: in 1979. */
const INTACT_MS = 10 * 365 * 24 * 60 * 60 * 1000;

const HOUR_MS = 60 * 60 * 1000;

/** Others' texts, and ids too long for a name, are found by reading all. */
function isIndexed(containerId: string): boolean {
  return /^[\w.-]{1,180}$/.test(containerId);
}

/** The name of an entry; neither an id nor the name of a file holds a `~`. */
function entryName({ containerId, file, ifname = "" }: IndexEntry): string {
  // A name that does not fit is to be read from the file.
  const fits = /^[!-.0-}]{0,15}$/.test(ifname);
  return `${containerId}~${file}~${fits ? ifname : "~"}`;
}

/** What an entry's name tells; `undefined` where the file has to be read. */
function parseName(name: string): IndexEntry | undefined {
  const [containerId = "", file = "", ifname = "", unfit] = name.split("~");
  if (unfit !== undefined) return undefined;
  return { containerId, file, ...(ifname === "" ? {} : { ifname }) };
}

/** The number of the shard that holds all entries of a container. */
function shardOf(containerId: string): number {
  let hash = 0;
  for (let at = 0; at < containerId.length; at++) {
    hash = Math.imul(hash, 31) + containerId.charCodeAt(at);
  }
  return (hash >>> 0) % SHARD_COUNT;
}

function changeMs(folder: string): number {
  try {
    // Opened, since a network file system asks its server again only then.
    const opened = Deno.openSync(folder);
    // Not `using`: the bundler drops it where the next statement is all there
    // is (tests/using_test.ts), and a daemon would keep the file open.
    try {
      return opened.statSync().mtime?.getTime() ?? NaN;
    } finally {
      opened.close();
    }
  } catch {
    return NaN; // Equal to nothing, so nothing is believed.
  }
}

function setChangeMs(folder: string, timeMs: number): void {
  Deno.utimeSync(folder, new Date(), new Date(timeMs));
}

/**
 * A time that no clock will show when a file is made: some millisecond of the
 * day before. So it is also one that surprises no one who lists the folder.
 */
function drawStampMs(): number {
  const ageMs = HOUR_MS + Math.floor(Math.random() * 23 * HOUR_MS);
  // With a clock that starts in 1970, a day later rather than before.
  return Math.max(Date.now(), 48 * HOUR_MS) - ageMs;
}
