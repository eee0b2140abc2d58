import { checksum } from "./checksum.ts";

/** The longest name of a file on Linux (NAME_MAX), in bytes. */
const MAX_BYTES = 255;

/**
 * A name for a file that the specification's names may be too long for: itself,
 * or as much as a file system takes with a sum over all of it. A `~` stands
 * before the sum, which is in no network's name and no container id: so a name
 * that was cut is never another one that was not. The ending, which tells files
 * apart, stays.
 *
 * @param ending The last part of `name`, such as `.json`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(fitFileName("net1"), "net1");
 * const long = fitFileName(`${"c".repeat(300)}.json`, ".json");
 * assertEquals(long, `${"c".repeat(233)}~44883aebaf363d6b.json`);
 * ```
 */
export function fitFileName(name: string, ending = ""): string {
  if (byteLength(name) <= MAX_BYTES) return name;
  const rest = `~${checksum(name)}${ending}`;
  // Before the ending all is ASCII: letters, digits and "_.-".
  return name.slice(0, MAX_BYTES - byteLength(rest)) + rest;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
