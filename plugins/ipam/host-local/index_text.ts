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

/** FNV-1a in 32 bits: it finds damage, and need not withstand an attack. */
export function hashText(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(HASH_LENGTH, "0");
}

const HASH_LENGTH = 8;
const FORMAT = "host-local index 1";
