import type { StateDir } from "../../../lib/state/mod.ts";
import { type Aside, openAside } from "./aside.ts";
import {
  EMPTY_HASHES,
  formatEntry,
  formatHead,
  hashOfShard,
  hashText,
  type IndexEntry,
  type IndexHead,
  parseEntries,
  parseHead,
  SHARD_COUNT,
  shardOf,
} from "./index_text.ts";

/** Where an {@linkcode OwnerIndex} is kept, and of what. */
export interface OwnerIndexOptions {
  /** The network's folder of reservations. */
  readonly reservations: string;
  /** The folder of the index; made when needed. */
  readonly index: Aside;
}

/**
 * Tells which files a container has, without reading all of them. For whoever
 * holds the network's lock, once: it is opened anew each time.
 *
 * It is right or it is silent, whoever else changes the folder. With every
 * change of ours the folder is given a time of last change that was drawn by
 * lot, and the head of the index holds it. A file made, renamed or removed by
 * somebody else sets it to the time of the day, so that it differs: no two
 * times are compared but for being the same, so that neither the clock nor its
 * granularity matters. The head holds a hash of itself and of every part, so
 * that what a crash or a person has left of them is not believed either.
 */
export class OwnerIndex {
  readonly #options: OwnerIndexOptions;
  readonly #stampMs = drawStampMs();
  readonly #shards = new Map<number, string>();
  #folder: StateDir | undefined;
  /** `undefined`: there is none, or it is not to be believed. */
  #head: IndexHead | undefined;
  /** The folder's time of change after all that we know of. */
  #knownMs = NaN;
  #isChanged = false;
  /** Whether files of the index are other than its head says. */
  #isDamaged = false;
  /** The head of what is made anew, as far as its files can be kept. */
  #old: IndexHead | undefined;

  /** Opens the index of a folder that is locked. */
  constructor(options: OwnerIndexOptions) {
    this.#options = options;
    this.#attempt(() => {
      this.#knownMs = this.#changeMs();
      this.#folder = openAside(options.index);
      const head = this.#readHead();
      if (head?.stampMs === this.#knownMs) this.#head = head;
    });
  }

  /** Whether there is one: only large folders need it. */
  get isKept(): boolean {
    return this.#head !== undefined;
  }

  /**
   * All that a container has.
   *
   * @returns `undefined` if the index does not know: read the folder then, and
   * hand what is in it to {@linkcode OwnerIndex.rebuild}.
   */
  entriesOf(containerId: string): readonly IndexEntry[] | undefined {
    return this.#attempt(() => {
      const text = this.#shard(shardOf(containerId));
      return text === undefined ? undefined : parseEntries(text, containerId);
    });
  }

  /** Makes the index anew; a small folder needs none. */
  rebuild(entries: readonly IndexEntry[]): void {
    this.#attempt(() => {
      this.#head = undefined;
      if (entries.length < SMALLEST) return void this.#folder?.remove(HEAD);
      const texts = Array<string>(SHARD_COUNT).fill("");
      for (const entry of entries) {
        texts[shardOf(entry.containerId)] += formatEntry(entry);
      }
      for (const [shard, text] of texts.entries()) {
        this.#shards.set(shard, text);
      }
      // Whatever is in the way goes with it.
      if (this.#isDamaged && this.#folder) discardFolder(this.#folder.path);
      this.#folder = openAside(this.#options.index, true);
      this.#old = this.#readHead();
      this.#head = { stampMs: NaN, hashes: EMPTY_HASHES };
      this.beforeChange();
      this.#stamp();
    });
  }

  /** To be called right before the caller changes the folder. */
  beforeChange(): void {
    if (this.#head === undefined) return;
    // Somebody without the lock, most likely a person.
    if (this.#changeMs() !== this.#knownMs) this.#head = undefined;
  }

  /** To be called right after a file was made. */
  added(entry: IndexEntry): void {
    this.#change(entry, (text) => text + formatEntry(entry));
  }

  /** To be called right after a file was removed. */
  removed(entry: IndexEntry): void {
    const line = formatEntry(entry);
    this.#change(entry, (text) => {
      if (!text.includes(line)) throw new Error("The index lacks an entry");
      return text.replace(line, () => "");
    });
  }

  /** To be called right after any other change of the folder. */
  changedOtherwise(): void {
    this.#attempt(() => {
      if (this.#head !== undefined) this.#stamp();
    });
  }

  /** Writes what has changed; to be called before the lock is given back. */
  close(): void {
    this.#attempt(() => {
      this.beforeChange();
      if (!this.#isChanged) return;
      const [folder, head] = [this.#folder, this.#head];
      if (folder === undefined || head === undefined) return;
      const hashes = this.#writeShards(folder, head.hashes);
      const text = formatHead({ stampMs: this.#stampMs, hashes });
      folder.overwrite(HEAD, text, MODE);
    });
  }

  /** Marks the folder's state as one that this index describes. */
  #stamp(): void {
    const { reservations } = this.#options;
    Deno.utimeSync(reservations, new Date(), new Date(this.#stampMs));
    this.#knownMs = this.#changeMs();
    if (this.#knownMs !== this.#stampMs) {
      throw new Error("The file system keeps no milliseconds");
    }
    this.#isChanged = true;
  }

  #readHead(): IndexHead | undefined {
    const text = this.#folder?.read(HEAD);
    return text === undefined ? undefined : parseHead(text);
  }

  /** Returns the hashes of all shards, with those of the new ones. */
  #writeShards(folder: StateDir, hashes: string): string {
    for (const [shard, text] of this.#shards) {
      const hash = hashText(text);
      const at = shard * hash.length;
      hashes = hashes.slice(0, at) + hash + hashes.slice(at + hash.length);
      // Most are as they were, also when all were made anew.
      const isThere = this.#old !== undefined &&
        hashOfShard(this.#old, shard) === hash;
      if (!isThere) folder.overwrite(`${shard}`, text, MODE);
    }
    return hashes;
  }

  #change(
    { containerId }: IndexEntry,
    change: (text: string) => string,
  ): void {
    this.#attempt(() => {
      const shard = shardOf(containerId);
      const text = this.#shard(shard);
      if (text === undefined) return;
      this.#shards.set(shard, change(text));
      this.#stamp();
    });
  }

  /** The text of a shard, if the index is to be believed. */
  #shard(shard: number): string | undefined {
    if (this.#head === undefined) return undefined;
    const known = this.#shards.get(shard);
    if (known !== undefined) return known;
    const text = this.#folder?.read(`${shard}`) ?? "";
    if (hashText(text) !== hashOfShard(this.#head, shard)) {
      this.#head = undefined;
      this.#isDamaged = true;
      return undefined;
    }
    this.#shards.set(shard, text);
    return text;
  }

  #changeMs(): number {
    try {
      // Opened, since a network file system asks its server again only then.
      using folder = Deno.openSync(this.#options.reservations);
      return folder.statSync().mtime?.getTime() ?? NaN;
    } catch {
      return NaN; // Equal to nothing, so nothing is believed.
    }
  }

  /** An index that fails is one that is not there. */
  #attempt<T>(act: () => T): T | undefined {
    try {
      return act();
    } catch {
      this.#head = undefined;
      this.#isDamaged = true;
      return undefined;
    }
  }
}

function discardFolder(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch {
    // Then it was not there.
  }
}

/** From how many reservations on an index is kept: to read fewer is as fast. */
const SMALLEST = 250;

const HEAD = "head";
const MODE = 0o600;
const HOUR_MS = 60 * 60 * 1000;

/**
 * A time that no clock will show when a file is made: some millisecond of the
 * day before. So it is also one that surprises nobody who lists the folder.
 */
function drawStampMs(): number {
  const ageMs = HOUR_MS + Math.floor(Math.random() * 23 * HOUR_MS);
  // With a clock that starts in 1970, a day later rather than before.
  return Math.max(Date.now(), 48 * HOUR_MS) - ageMs;
}
