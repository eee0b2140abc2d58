import { formatAddress, formatCidr, networkOf } from "../net/mod.ts";
import {
  type Masquerade,
  type MasqueradeOwner,
  MULTICAST,
} from "./masquerade.ts";
import { nftDeletions, parseNftRules } from "./nft.ts";
import { sha512Hex } from "../linux/mod.ts";

/** The table and the chains that the Go plugins use, shared by all networks. */
const TABLE = "inet cni_plugins_masquerade";
const CHAIN = "masq_checks";

/** The arguments of `nft` that list the rules of all attachments. */
export const LIST_ARGS: readonly string[] = [
  "-j",
  "list",
  "chain",
  ...TABLE.split(" "),
  CHAIN,
];

/** The kernel takes at most 128 bytes of comment. */
const MAX_COMMENT_BYTES = 128;

/** What tells an owner's rules from those of others. */
export interface NftablesOwner {
  /** Every comment of the owner begins with this. */
  readonly prefix: string;
  readonly comment: string;
}

/** The comment that the Go plugins put on an attachment's rules. */
export async function nftablesOwner(
  owner: MasqueradeOwner,
): Promise<NftablesOwner> {
  const [networkHash, instanceHash] = await Promise.all([
    sha512Hex(owner.network),
    sha512Hex(`${owner.ifname}:${owner.containerId}`),
  ]);
  const prefix = `${networkHash.slice(0, 16)}-${instanceHash.slice(0, 16)}`;
  return { prefix, comment: prefix + tailOf(owner).text };
}

/** What follows the prefix in a comment, and whether it is all of that. */
function tailOf(
  { network, containerId, ifname }: MasqueradeOwner,
): { readonly text: string; readonly isWhole: boolean } {
  const whole = `, net: ${network}, if: ${ifname}, id: ${containerId}`;
  const text = cut(
    whole.replaceAll('"', ""),
    MAX_COMMENT_BYTES - PREFIX_LENGTH,
  );
  return { text, isWhole: text === whole };
}

/** Two sums of 16 digits with a "-" between them. */
const PREFIX_LENGTH = 33;

/**
 * The transaction that adds an attachment's rules, making table and chains
 * where they lack, in place of older rules of the same attachment.
 *
 * @param staleHandles The handles of those older rules.
 */
export function additionScript(
  { ips }: Masquerade,
  { comment }: NftablesOwner,
  staleHandles: readonly number[],
): string {
  const rules = ips.map((ip) => {
    const word = ip.address.family === 4 ? "ip" : "ip6";
    return `add rule ${TABLE} ${CHAIN} ${word} saddr ` +
      `${formatAddress(ip.address)} ${word} daddr != ` +
      `${formatCidr(networkOf(ip))} masquerade comment "${comment}"`;
  });
  return [
    `add table ${TABLE}`,
    `add chain ${TABLE} ${CHAIN}`,
    `add chain ${TABLE} postrouting ` +
    "{ type nat hook postrouting priority 100; }",
    `flush chain ${TABLE} postrouting`,
    `add rule ${TABLE} postrouting ip daddr ${MULTICAST[4]} return`,
    `add rule ${TABLE} postrouting ip6 daddr ${MULTICAST[6]} return`,
    `add rule ${TABLE} postrouting goto ${CHAIN}`,
    ...deletions(staleHandles),
    ...rules,
    "",
  ].join("\n");
}

/** The transaction that removes rules by their handles. */
export function removalTransaction(handles: readonly number[]): string {
  return [...deletions(handles), ""].join("\n");
}

/** The handles of an owner's rules in what `nft -j list chain` printed. */
export function handlesOf(
  { prefix }: NftablesOwner,
  listing: string,
): readonly number[] {
  return handlesWhere(listing, (comment) => comment.startsWith(prefix));
}

/**
 * The handles of a network's rules that are of none of the given owners. Sums
 * are made only of owners whose rules cannot be told otherwise: there may be
 * tens of thousands, and most networks have no rules here.
 */
export async function staleHandles(
  network: string,
  valid: readonly MasqueradeOwner[],
  listing: string,
): Promise<readonly number[]> {
  const start = `${(await sha512Hex(network)).slice(0, 16)}-`;
  const rules = parseNftRules(listing)
    .filter(({ comment }) => comment.startsWith(start));
  if (rules.length === 0) return [];
  const whole = new Set<string>();
  const unclear: MasqueradeOwner[] = [];
  const tails = new Set(
    rules.map(({ comment }) => comment.slice(PREFIX_LENGTH)),
  );
  // Another program's words tell nothing.
  const areOurs = [...tails].every((tail) => TAIL.test(tail));
  for (const owner of valid) {
    const { text, isWhole } = tailOf(owner);
    if (isWhole) whole.add(text);
    if (!areOurs || !isWhole && tails.has(text)) unclear.push(owner);
  }
  const owners = await Promise.all(unclear.map(nftablesOwner));
  const prefixes = new Set(owners.map(({ prefix }) => prefix));
  return rules.filter(({ comment }) =>
    !whole.has(comment.slice(PREFIX_LENGTH)) &&
    !prefixes.has(comment.slice(0, PREFIX_LENGTH))
  ).map(({ handle }) => handle);
}

const TAIL = /^, net: .*, if: /;

function handlesWhere(
  listing: string,
  isWanted: (comment: string) => boolean,
): readonly number[] {
  return parseNftRules(listing).filter(({ comment }) => isWanted(comment))
    .map(({ handle }) => handle);
}

function deletions(handles: readonly number[]): readonly string[] {
  const rules = handles.map((handle) => ({ chain: CHAIN, handle }));
  return nftDeletions(TABLE, rules);
}

// Names are ASCII but for an interface's, which may hold any UTF-8.
function cut(text: string, maxBytes: number): string {
  const bytes = new TextEncoder().encode(text).subarray(0, maxBytes);
  return new TextDecoder().decode(bytes).replace(/\ufffd$/, "");
}
