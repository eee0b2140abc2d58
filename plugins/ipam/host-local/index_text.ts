/** What an index knows of one reservation. */
export interface IndexEntry {
  readonly containerId: string;
  /** The name of the reservation's file. */
  readonly file: string;
  /** Absent in what versions before interface names wrote. */
  readonly ifname?: string;
}

/** What ties the parts of an index together, and to a state of the folder. */
export interface IndexHead {
  /** The time of last change that the folder was given, in milliseconds. */
  readonly stampMs: number;
  /** The hashes of all shards, eight digits each. */
  readonly hashes: string;
}

/** In how many files the entries of an index lie. */
export const SHARD_COUNT = 512;

/** The hashes of an index without entries: each is of the empty text. */
export const EMPTY_HASHES = "811c9dc5".repeat(SHARD_COUNT);

/** The shard that holds all entries of a container. */
export function shardOf(containerId: string): number {
  return parseInt(hashText(containerId), 16) % SHARD_COUNT;
}

/** Writes an entry, with its end of line. */
export function formatEntry(
  { containerId, file, ifname }: IndexEntry,
): string {
  return `${JSON.stringify([containerId, file, ifname ?? null])}\n`;
}

/** Reads the entries of a container from the text of its shard. */
export function parseEntries(
  shard: string,
  containerId: string,
): readonly IndexEntry[] {
  const start = `[${JSON.stringify(containerId)},`;
  return shard.split("\n").filter((line) => line.startsWith(start))
    .map((line) => {
      const [, file, ifname] = JSON.parse(line) as [string, string, string?];
      return { containerId, file, ...(ifname == null ? {} : { ifname }) };
    });
}

/** Writes the head of an index. */
export function formatHead({ stampMs, hashes }: IndexHead): string {
  const body = `${FORMAT}\n${stampMs}\n${hashes}\n`;
  return `${body}${hashText(body)}\n`;
}

/** Reads the head of an index; `undefined` if it is damaged. */
export function parseHead(text: string): IndexHead | undefined {
  const [, stamp, hashes = ""] = text.split("\n");
  const head = { stampMs: Number(stamp), hashes };
  return formatHead(head) === text && hashes.length === EMPTY_HASHES.length
    ? head
    : undefined;
}

/** The hash that a head names for a shard. */
export function hashOfShard({ hashes }: IndexHead, shard: number): string {
  return hashes.slice(shard * HASH_LENGTH, (shard + 1) * HASH_LENGTH);
}

/**
 * A hash of 32 bits, as eight digits: it finds damage, and need not withstand
 * an attack. It goes by four bytes at a time, since what runs but once is not
 * compiled, and a step costs as much as forty instructions.
 */
export function hashText(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const words = new Uint32Array((bytes.length + 3) >> 2);
  new Uint8Array(words.buffer).set(bytes);
  let hash = 0x811c9dc5 ^ Math.imul(bytes.length, 0x9e3779b1);
  for (const word of words) {
    hash = Math.imul(hash ^ word, 0x5bd1e995);
    hash ^= hash >>> 15;
  }
  return (hash >>> 0).toString(16).padStart(HASH_LENGTH, "0");
}

const HASH_LENGTH = 8;
const FORMAT = "host-local index 1";
