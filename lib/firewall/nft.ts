/** A rule as `nft -j list` tells it. */
export interface NftRule {
  /** The name of its chain. */
  readonly chain: string;
  /** What it is deleted by. */
  readonly handle: number;
  /** Its comment; empty if it has none. */
  readonly comment: string;
  /** Its parts, as nft's JSON schema has them. */
  readonly expr: readonly Readonly<Record<string, unknown>>[];
}

/**
 * The rules in what `nft -j list` printed, in order.
 *
 * @example A rule of a table
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const text = '{"nftables":[{"rule":{"chain":"c","handle":7,"expr":[]}}]}';
 * assertEquals(parseNftRules(text), [
 *   { chain: "c", handle: 7, comment: "", expr: [] },
 * ]);
 * ```
 */
export function parseNftRules(listing: string): readonly NftRule[] {
  const { nftables } = JSON.parse(listing) as {
    nftables: readonly { rule?: Partial<NftRule> }[];
  };
  return nftables.flatMap(({ rule }) =>
    rule === undefined
      ? []
      : { chain: "", handle: 0, comment: "", expr: [], ...rule }
  );
}

/**
 * A text in quotes, as nft reads it: a comment.
 *
 * @throws {TypeError} For quotes and control characters: nft knows no escapes.
 */
export function quoteNft(text: string): string {
  // deno-lint-ignore no-control-regex -- control characters are what it is about
  if (!/["\u0000-\u001f\u007f]/.test(text)) return `"${text}"`;
  throw new TypeError(`Cannot quote ${JSON.stringify(text)} for nft`);
}

/** The lines that delete rules of a table, such as `ip nat`. */
export function nftDeletions(
  table: string,
  rules: readonly Pick<NftRule, "chain" | "handle">[],
): readonly string[] {
  return rules.map(({ chain, handle }) =>
    `delete rule ${table} ${chain} handle ${handle}`
  );
}
