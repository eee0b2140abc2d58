/**
 * The rules that drop frames whose source is not the container's hardware
 * address: names and shape as the Go plugin makes them, so that each can
 * remove what the other made.
 */
export interface SpoofCheck {
  readonly containerId: string;
  readonly ifname: string;
}

/** What a {@linkcode SpoofCheck} lets pass. */
export interface SpoofCheckSource {
  /** The pair's end in the host. */
  readonly hostName: string;
  /** The only source address that may enter by it. */
  readonly mac: string;
}

/** A command or object of nft's JSON schema. */
type NftJson = Readonly<Record<string, unknown>>;

const FAMILY = "bridge";
const TABLE = "nat";
const BASE_CHAIN = "PREROUTING";

/** The arguments of `nft` that list the base chain's rules. */
export const LIST_ARGS: readonly string[] = [
  ...["-j", "list", "chain", FAMILY, TABLE, BASE_CHAIN],
];

/** A rule of the base chain as nft lists it. */
export interface SpoofCheckRule {
  readonly handle: number;
  /** `macspoofchk-<container id>-<interface>`. */
  readonly comment: string;
  /** The link whose frames it looks at; empty if it is not a rule of ours. */
  readonly hostName: string;
}

const COMMENT_PREFIX = "macspoofchk-";

/** Reads what nft printed for {@linkcode LIST_ARGS}. */
export function parseSpoofRules(listing: string): readonly SpoofCheckRule[] {
  const { nftables } = JSON.parse(listing) as {
    nftables: readonly {
      rule?: { handle: number; comment?: string; expr?: readonly NftJson[] };
    }[];
  };
  return nftables.flatMap(({ rule }) => {
    if (!rule?.comment?.startsWith(COMMENT_PREFIX)) return [];
    const match = rule.expr?.[0]?.match as { right?: unknown } | undefined;
    const hostName = typeof match?.right === "string" ? match.right : "";
    return [{ handle: rule.handle, comment: rule.comment, hostName }];
  });
}

/** The comment on all rules of an attachment. */
export function spoofComment({ containerId, ifname }: SpoofCheck): string {
  return `${COMMENT_PREFIX}${containerId}-${ifname}`;
}

/**
 * The transaction that sets an attachment's rules up, in place of older ones
 * of the same attachment.
 *
 * @param stale The handles of those in the base chain.
 */
export function spoofSetup(
  check: SpoofCheck,
  { hostName, mac }: SpoofCheckSource,
  stale: readonly number[],
): string {
  const { entry, macs } = chainsOf(spoofComment(check));
  const comment = spoofComment(check);
  const rule = (chain: string, expr: readonly unknown[]) =>
    add({ rule: { ...in_(chain), expr, comment } });
  return transaction([
    add({ table: { family: FAMILY, name: TABLE } }),
    add({
      chain: {
        ...named(BASE_CHAIN),
        type: "filter",
        hook: "prerouting",
        prio: -300,
        policy: "accept",
      },
    }),
    ...[entry, macs].map((chain) => add({ chain: named(chain) })),
    ...[entry, macs].map((chain) => ({ flush: { chain: named(chain) } })),
    ...stale.map(deleteRule),
    rule(BASE_CHAIN, [
      isEqual({ meta: { key: "iifname" } }, hostName),
      { jump: { target: entry } },
    ]),
    rule(entry, [{ jump: { target: macs } }]),
    rule(macs, [
      isEqual({ payload: { protocol: "ether", field: "saddr" } }, mac),
      { return: null },
    ]),
    rule(macs, [{ drop: null }]),
  ]);
}

/** The arguments of `nft` that list all rules of all attachments. */
export const LIST_TABLE_ARGS: readonly string[] = [
  ...["-j", "list", "table", FAMILY, TABLE],
];

/**
 * Whether nft lists every rule of an attachment for {@linkcode LIST_TABLE_ARGS}.
 */
export function hasSpoofRules(
  listing: string,
  check: SpoofCheck,
  source: SpoofCheckSource,
): boolean {
  const listed = ruleTexts(listing);
  return [...ruleTexts(spoofSetup(check, source, []))]
    .every((text) => listed.has(text));
}

/** Chain and expressions of the rules in a listing, or that one would add. */
function ruleTexts(json: string): ReadonlySet<string> {
  type Rule = { readonly chain: string; readonly expr?: unknown };
  type Item = { readonly rule?: Rule; readonly add?: { readonly rule?: Rule } };
  const { nftables } = JSON.parse(json) as { nftables: readonly Item[] };
  const rules = nftables.flatMap(({ rule, add }) => rule ?? add?.rule ?? []);
  return new Set(rules.map(({ chain, expr }) => JSON.stringify([chain, expr])));
}

/** The transaction that removes rules of the base chain and their chains. */
export function spoofTeardown(rules: readonly SpoofCheckRule[]): string {
  const comments = [...new Set(rules.map(({ comment }) => comment))];
  const chains = comments.flatMap((comment) => {
    const { entry, macs } = chainsOf(comment);
    return [entry, macs];
  });
  return transaction([
    ...rules.map(({ handle }) => deleteRule(handle)),
    // All emptied first, since one refers to the other.
    ...chains.map((chain) => ({ flush: { chain: named(chain) } })),
    ...chains.map((chain) => ({ delete: { chain: named(chain) } })),
  ]);
}

function chainsOf(comment: string): { entry: string; macs: string } {
  const entry = `cni-br-iface-${comment.slice(COMMENT_PREFIX.length)}`;
  return { entry, macs: `${entry}-mac` };
}

function named(name: string): NftJson {
  return { family: FAMILY, table: TABLE, name };
}

function in_(chain: string): NftJson {
  return { family: FAMILY, table: TABLE, chain };
}

function add(object: NftJson): NftJson {
  return { add: object };
}

function deleteRule(handle: number): NftJson {
  return { delete: { rule: { ...in_(BASE_CHAIN), handle } } };
}

function isEqual(left: NftJson, right: string): NftJson {
  return { match: { op: "==", left, right } };
}

function transaction(commands: readonly NftJson[]): string {
  return JSON.stringify({ nftables: commands });
}
