import {
  type AttachmentId,
  checkContainerId,
  checkIfname,
  checkNetworkName,
  CniCode,
  CniError,
  type JsonObject,
} from "../spec/mod.ts";
import { fitFileName, openStateDir, type StateDir } from "../state/mod.ts";
import {
  type CachedAttachment,
  formatCacheEntry,
  parseCacheEntry,
} from "./cache_entry.ts";

/** Where the reference keeps its cache too. */
export const DEFAULT_CACHE_DIR = "/var/lib/cni";

/** Names an entry of the cache. */
export interface CacheKey extends AttachmentId {
  /** The network's name. */
  readonly networkName: string;
}

/** The files of a cache at some time, each by its name and its version. */
export type CacheSnapshot = ReadonlyMap<string, string | undefined>;

/**
 * The results of ADD, kept for CHECK, DEL and GC in the format and place of
 * the Go library, so that either can undo what the other did. A file is
 * replaced whole and never written through a link. Needs `--allow-read` and
 * `--allow-write` for the folder.
 */
export class ResultCache {
  /** The folder that holds, or will hold, `results`. */
  readonly folder: string;

  /**
   * Touches nothing yet.
   *
   * @param folder The folder that holds, or will hold, `results`.
   */
  constructor(folder: string = DEFAULT_CACHE_DIR) {
    this.folder = folder;
  }

  /**
   * The result of an earlier ADD; `undefined` if there is none.
   *
   * @throws {CniError} Code 6 if the file holds something else, code 5 or 7 if
   * it cannot or must not be read.
   */
  result(key: CacheKey): JsonObject | undefined {
    const name = fileName(key);
    const text = this.#open()?.read(name);
    if (text === undefined) return undefined;
    const entry = parseCacheEntry(text);
    if ("bareResult" in entry) return entry.bareResult;
    return isOf(entry, key) ? entry.result : undefined;
  }

  /** All that is known of an earlier ADD; `undefined` if nothing is. */
  attachment(key: CacheKey): CachedAttachment | undefined {
    const name = fileName(key);
    const text = this.#open()?.read(name);
    if (text === undefined) return undefined;
    const entry = parseCacheEntry(text);
    if ("bareResult" in entry || !isOf(entry, key)) return undefined;
    return entry;
  }

  /**
   * Every attachment in the cache, in the order of the files' names. Files that
   * are no cache entries are left out.
   *
   * @param containerId Only those of this container, unless empty.
   * @throws {CniError} Code 5 or 7 if the folder cannot be read.
   */
  attachments(containerId = ""): readonly CachedAttachment[] {
    const dir = this.#open();
    if (dir === undefined) return [];
    const configs = new Map<string, Uint8Array>();
    const found: (readonly [name: string, entry: CachedAttachment])[] = [];
    for (const [name, text] of dir.readAll(() => true, () => {})) {
      const entry = attachmentIn(text, configs);
      if (entry === undefined) continue;
      if (containerId === "" || entry.containerId === containerId) {
        found.push([name, entry]);
      }
    }
    return found.sort(([a], [b]) => a < b ? -1 : 1).map(([, entry]) => entry);
  }

  /** What the cache is like now, for {@linkcode ResultCache.changes}. */
  snapshot(): CacheSnapshot {
    const dir = this.#open();
    return new Map(
      dir?.names().map((name) => [name, dir.versionOf(name)] as const),
    );
  }

  /**
   * The attachments that were made, or made again, since a snapshot.
   *
   * @throws {CniError} As {@linkcode ResultCache.attachments}.
   */
  changes(before: CacheSnapshot): readonly CachedAttachment[] {
    const dir = this.#open();
    if (dir === undefined) return [];
    return dir.names().flatMap((name) => {
      if (dir.versionOf(name) === before.get(name)) return [];
      return attachmentIn(tolerate(() => dir.read(name)) ?? "") ?? [];
    });
  }

  /** Whether an attachment is there as it was at the time of a snapshot. */
  isUnchanged(key: CacheKey, before: CacheSnapshot): boolean {
    const name = fileName(key);
    const version = this.#open()?.versionOf(name);
    return version !== undefined && version === before.get(name);
  }

  /**
   * Makes sure that an attachment can be kept, before there is something to
   * keep: makes the folder.
   *
   * @throws {CniError} As {@linkcode ResultCache.write}.
   */
  prepare(key: CacheKey): void {
    this.#openFor(key);
  }

  /**
   * Keeps an attachment.
   *
   * @throws {CniError} Code 7 if the names of another attachment make the same
   * file name, or if the folder must not be written to; code 5 if it cannot be.
   */
  write(entry: CachedAttachment): void {
    const text = formatCacheEntry(entry);
    this.#openFor(entry).replace(fileName(entry), text, 0o600);
  }

  /**
   * The file that keeps an attachment, be it there or not.
   *
   * @throws {CniError} Code 3, 4 or 7 if one of the names is illegal.
   */
  path(key: CacheKey): string {
    return `${this.#results}/${fileName(key)}`;
  }

  /** Forgets an attachment; nothing happens if it is not there. */
  remove(key: CacheKey): void {
    const name = fileName(key);
    const dir = this.#open();
    if (dir === undefined) return;
    if (otherIn(dir, key) === undefined) dir.remove(name);
  }

  get #results(): string {
    return `${this.folder}/results`;
  }

  get #how() {
    // Not in the folder itself, where the Go library reads every file.
    const tempPath = `${this.folder}/.tmp`;
    return { key: "cacheDir", mode: 0o700, tempPath };
  }

  #open(): StateDir | undefined {
    return openStateDir(this.#results, this.#how);
  }

  /** The folder, in which the key's file may be written. */
  #openFor(key: CacheKey): StateDir {
    const dir = openStateDir(this.#results, { ...this.#how, create: true });
    const other = otherIn(dir, key);
    if (other !== undefined) throw collision(fileName(key), other);
    return dir;
  }
}

/** The attachment that a file tells; `undefined` if it is no cache entry. */
function attachmentIn(
  text: string,
  configs?: Map<string, Uint8Array>,
): CachedAttachment | undefined {
  const entry = tolerate(() => parseCacheEntry(text, configs));
  if (entry === undefined || "bareResult" in entry) return undefined;
  // The file's name is no witness: "-" may stand in each of its parts.
  return entry.ifname === "" || entry.networkName === "" ? undefined : entry;
}

/** The attachment in the key's file, if it is another one. */
function otherIn(dir: StateDir, key: CacheKey): CachedAttachment | undefined {
  const name = fileName(key);
  const entry = tolerate(() => parseCacheEntry(dir.read(name) ?? ""));
  const isOther = entry !== undefined && !("bareResult" in entry) &&
    !isOf(entry, key);
  return isOther ? entry : undefined;
}

/**
 * The name of the file for an attachment.
 *
 * @throws {CniError} Code 3, 4 or 7 if one of the names is illegal, and so
 * might lead to another folder.
 */
function fileName(key: CacheKey): string {
  checkContainerId(key.containerId);
  checkNetworkName(key.networkName);
  checkIfname(key.ifname);
  const name = `${key.networkName}-${key.containerId}-${key.ifname}`;
  return fitFileName(name, `-${key.ifname}`);
}

function isOf(entry: CachedAttachment, key: CacheKey): boolean {
  return entry.networkName === key.networkName &&
    entry.containerId === key.containerId && entry.ifname === key.ifname;
}

function tolerate<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof CniError) return undefined;
    throw error;
  }
}

function collision(name: string, other: CachedAttachment): CniError {
  const message = "Cannot keep the result of another attachment's file";
  return new CniError(CniCode.InvalidConfig, message, {
    details: `file ${name} belongs to network "${other.networkName}", ` +
      `container "${other.containerId}", interface "${other.ifname}": choose ` +
      "names that do not make the same file name",
  });
}
