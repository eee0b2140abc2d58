import {
  type Cidr,
  formatAddress,
  formatCidr,
  networkOf,
  parseCidr,
} from "../net/mod.ts";
import {
  type IsKept,
  type Masquerade,
  type MasqueradeOwner,
  MULTICAST,
  ofFamily,
} from "./masquerade.ts";
import { iptablesScript, quoteIptables } from "./iptables.ts";
import { sha512Hex } from "../linux/mod.ts";

/** The rules of an owner in one family's `nat` table. */
export interface IptablesOwner {
  readonly chain: string;
  readonly comment: string;
}

/** Input for `iptables-restore --noflush` that does something, and its undo. */
export interface RestoreScripts {
  readonly apply: string;
  readonly undo: string;
}

/** The kernel stores at most 256 bytes of comment, the NUL among them. */
const MAX_COMMENT_BYTES = 255;

/**
 * The chain and the comment that the Go plugins use for an attachment. The
 * interface's name is not part of either: all attachments of a container to
 * one network share a chain.
 */
export async function iptablesOwner(
  { network, containerId }: MasqueradeOwner,
): Promise<IptablesOwner> {
  const digest = await sha512Hex(network + containerId);
  const comment = `name: "${network}" id: "${containerId}"`;
  return {
    chain: `CNI-${digest.slice(0, 24)}`,
    comment: comment.slice(0, MAX_COMMENT_BYTES),
  };
}

/** Scripts for a container that has no chain yet; the first fails if it has. */
export function newChainScripts(
  owner: IptablesOwner,
  ips: readonly Cidr[],
): RestoreScripts {
  const { chain } = owner;
  const rules = wantedRules(owner, ips);
  const undoJumps = rules.jumps.map((rule) => `-D ${rule}`);
  return {
    apply: iptablesScript("nat", [
      `-N ${chain}`,
      ...[...rules.accepts, ...rules.masquerades, ...rules.jumps]
        .map((rule) => `-A ${rule}`),
    ]),
    undo: iptablesScript("nat", [...undoJumps, `-F ${chain}`, `-X ${chain}`]),
  };
}

/**
 * Scripts that add what is missing to a chain that another attachment of the
 * container, or an ADD before this one, has made.
 *
 * @param listing What `iptables -t nat -S` printed.
 */
export function sharedChainScripts(
  owner: IptablesOwner,
  ips: readonly Cidr[],
  listing: string,
): RestoreScripts {
  const present = new Set(listing.split("\n"));
  const isMissing = (rule: string) => !present.has(`-A ${rule}`);
  const rules = wantedRules(owner, ips);
  const accepts = rules.accepts.filter(isMissing);
  const others = [...rules.masquerades, ...rules.jumps].filter(isMissing);
  // First, not last: the chain ends with the rule that masquerades the rest.
  const inserted = accepts.map((rule) => rule.replace(/^\S+/, "$& 1"));
  return {
    apply: iptablesScript("nat", [
      ...inserted.map((rule) => `-I ${rule}`),
      ...others.map((rule) => `-A ${rule}`),
    ]),
    undo: iptablesScript(
      "nat",
      [...others, ...accepts].map((rule) => `-D ${rule}`),
    ),
  };
}

/**
 * Whether an owner's chain is there.
 *
 * @param listing What `iptables -t nat -S` printed.
 */
export function hasChain({ chain }: IptablesOwner, listing: string): boolean {
  return listing.split("\n").includes(`-N ${chain}`);
}

/**
 * The script that removes an owner's rules, or `undefined` if there is nothing
 * to remove. The chain goes when no jump to it is left.
 *
 * @param listing What `iptables -t nat -S` printed.
 * @param isKept Tells the addresses that another attachment still uses.
 */
export function removalScript(
  owner: IptablesOwner,
  listing: string,
  isKept: IsKept,
): string | undefined {
  const { chain } = owner;
  const rules = listing.split("\n").filter((line) => line.startsWith("-A "))
    .map((line) => line.slice("-A ".length));
  const jumps = rules.filter((rule) =>
    rule.startsWith("POSTROUTING ") && rule.endsWith(` -j ${chain}`)
  );
  const kept = jumps.filter((rule) => isKeptRule(rule, "-s", isKept));
  const removed = jumps.filter((rule) => !kept.includes(rule));
  if (kept.length === 0) {
    if (!hasChain(owner, listing)) return undefined;
    const removals = removed.map((rule) => `-D ${rule}`);
    return iptablesScript("nat", [...removals, `-F ${chain}`, `-X ${chain}`]);
  }
  const accepts = rules.filter((rule) =>
    rule.startsWith(`${chain} -d `) && !isKeptRule(rule, "-d", isKept)
  );
  const removals = [...removed, ...accepts].map((rule) => `-D ${rule}`);
  return removals.length === 0 ? undefined : iptablesScript("nat", removals);
}

/** A container of a network that has rules. */
export interface MasqueradedContainer {
  readonly network: string;
  readonly containerId: string;
}

/**
 * The containers whose comment stands on a jump to a chain of the Go plugins'
 * kind.
 *
 * @param listing What `iptables -t nat -S` printed.
 */
export function masqueradedContainers(
  listing: string,
): readonly MasqueradedContainer[] {
  return listing.split("\n").flatMap((line) => {
    const match = JUMP.exec(line);
    return match === null
      ? []
      : [{ network: match[1]!, containerId: match[2]! }];
  });
}

const JUMP =
  /^-A POSTROUTING .* --comment "name: \\"([^"\\]+)\\" id: \\"([^"\\]+)\\"" -j CNI-[0-9a-f]{24}$/;

/** Rules as `iptables -S` prints them, without the leading `-A`. */
function wantedRules(owner: IptablesOwner, ips: readonly Cidr[]) {
  const { chain } = owner;
  const comment = `-m comment --comment ${quoteIptables(owner.comment)}`;
  const subnets = new Set(ips.map((ip) => formatCidr(networkOf(ip))));
  const families = ([4, 6] as const).filter((family) =>
    ofFamily(ips, family).length > 0
  );
  return {
    accepts: [...subnets].map((subnet) =>
      `${chain} -d ${subnet} ${comment} -j ACCEPT`
    ),
    masquerades: families.map((family) =>
      `${chain} ! -d ${MULTICAST[family]} ${comment} -j MASQUERADE`
    ),
    jumps: ips.map(({ address }) => {
      const host = `${formatAddress(address)}/${
        address.family === 4 ? 32 : 128
      }`;
      return `POSTROUTING -s ${host} ${comment} -j ${chain}`;
    }),
  };
}

function isKeptRule(rule: string, flag: "-s" | "-d", isKept: IsKept): boolean {
  const words = rule.split(" ");
  const text = words[words.indexOf(flag) + 1] ?? "";
  return isKept(parseCidr(text));
}

/** The parts of a masquerade that each family's tables get, IPv4 first. */
export function byFamily(
  { ips }: Masquerade,
): readonly { family: 4 | 6; ips: readonly Cidr[] }[] {
  return ([4, 6] as const)
    .map((family) => ({ family, ips: ofFamily(ips, family) }))
    .filter((part) => part.ips.length > 0);
}
