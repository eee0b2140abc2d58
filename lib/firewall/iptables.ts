import type { Family } from "../net/mod.ts";

/** A table of iptables that plugins write to. */
export type IptablesTable = "filter" | "nat" | "mangle" | "raw";

/** What `iptables -S` tells of a table. */
export interface IptablesListing {
  /** The chains that are not built in. */
  readonly chains: ReadonlySet<string>;
  /** All rules, in order, each with its chain in front and without `-A`. */
  readonly rules: readonly string[];
}

/**
 * Reads what `iptables -t TABLE -S` printed.
 *
 * @example The rules of a chain
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const listing = parseIptables("-P INPUT ACCEPT\n-N A\n-A A -j ACCEPT\n");
 * assertEquals([...listing.chains], ["A"]);
 * assertEquals(listing.rules, ["A -j ACCEPT"]);
 * ```
 */
export function parseIptables(text: string): IptablesListing {
  const lines = text.split("\n");
  const after = (flag: string) =>
    lines.filter((line) => line.startsWith(flag))
      .map((line) => line.slice(flag.length));
  return { chains: new Set(after("-N ")), rules: after("-A ") };
}

/**
 * The input for `iptables-restore --noflush` that does all of these lines in
 * one table, or none of them.
 *
 * A line `:CHAIN - [0:0]` makes a chain, or empties it if it is there; `-N`
 * fails if it is there.
 *
 * @param lines Options as on the command line: `-A CHAIN -j ACCEPT`.
 */
export function iptablesScript(
  table: IptablesTable,
  lines: readonly string[],
): string {
  return [`*${table}`, ...lines, "COMMIT", ""].join("\n");
}

/**
 * A word as `iptables -S` prints it and `iptables-restore` reads it: plain, or
 * in quotes if it holds anything but letters, digits, `-` and `_`.
 *
 * Only for texts, such as comments: addresses are printed plain.
 *
 * @throws {TypeError} For control characters: a line break would begin another
 * rule.
 */
export function quoteIptables(word: string): string {
  // deno-lint-ignore no-control-regex -- control characters are what it is about
  if (/[\u0000-\u001f\u007f]/.test(word)) {
    throw new TypeError(`Cannot quote ${JSON.stringify(word)} for iptables`);
  }
  return /^[\w-]+$/.test(word) ? word : `"${word.replace(/["'\\]/g, "\\$&")}"`;
}

/**
 * The words of a line that `iptables -S` printed, without quotes.
 *
 * @example A comment
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(splitIptables('A --comment "a \\"b\\"" -j B'), [
 *   "A",
 *   "--comment",
 *   'a "b"',
 *   "-j",
 *   "B",
 * ]);
 * ```
 */
export function splitIptables(line: string): readonly string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|[^\s"]+/g)]
    .map(([word, quoted]) => quoted?.replace(/\\(.)/g, "$1") ?? word);
}

/** The two kinds of iptables, which do not show each other's rules. */
export type IptablesKind = "legacy" | "nft";

/**
 * The name of a program of iptables for a family: `ip6tables-restore`.
 *
 * @param kind The kind; whichever the host has chosen if absent.
 */
export function iptablesProgram(
  family: Family,
  name: "tables" | "tables-restore" = "tables",
  kind?: IptablesKind,
): string {
  const tables = kind === undefined ? "tables" : `tables-${kind}`;
  return `${family === 4 ? "ip" : "ip6"}${name.replace("tables", tables)}`;
}
