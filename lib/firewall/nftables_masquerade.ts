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
  { network, containerId, ifname }: MasqueradeOwner,
): Promise<NftablesOwner> {
  const [networkHash, instanceHash] = await Promise.all([
    sha512Hex(network),
    sha512Hex(`${ifname}:${containerId}`),
  ]);
  const prefix = `${networkHash.slice(0, 16)}-${instanceHash.slice(0, 16)}`;
  const comment =
    `${prefix}, net: ${network}, if: ${ifname}, id: ${containerId}`;
  return { prefix, comment: cut(comment.replaceAll('"', "")) };
}

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

/** The handles of a network's rules that are of none of the given owners. */
export async function staleHandles(
  network: string,
  valid: readonly NftablesOwner[],
  listing: string,
): Promise<readonly number[]> {
  const prefix = (await sha512Hex(network)).slice(0, 16);
  return handlesWhere(listing, (comment) =>
    comment.startsWith(`${prefix}-`) &&
    !valid.some((owner) => comment.startsWith(owner.prefix)));
}

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
function cut(text: string): string {
  const bytes = new TextEncoder().encode(text).subarray(0, MAX_COMMENT_BYTES);
  return new TextDecoder().decode(bytes).replace(/\ufffd$/, "");
}
