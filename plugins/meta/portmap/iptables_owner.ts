import { quoteIptables } from "../../../lib/firewall/mod.ts";
import { sha512Hex } from "../../../lib/linux/mod.ts";
import type { Owner } from "./forwarding.ts";

/** What is an owner's own in a family's `nat` table. */
export interface IptablesOwner {
  /** The chain with a rule or more for each mapping. */
  readonly chain: string;
  /** The chain in which old releases of the Go plugin masqueraded. */
  readonly oldChain: string;
  /** Stands on each rule that leads into the chain. */
  readonly comment: string;
}

/** The longest comment. The Go plugin ends one that is longer in three dots. */
const MAX_COMMENT_LENGTH = 255;

/**
 * The chains and the comment that the Go plugin uses for a container in a
 * network, whatever its interface there is called.
 */
export async function iptablesOwner(
  { network, containerId }: Owner,
): Promise<IptablesOwner> {
  const digest = (await sha512Hex(network + containerId)).slice(0, 21);
  const comment = `dnat name: "${network}" id: "${containerId}"`;
  return {
    chain: `CNI-DN-${digest}`,
    oldChain: `CNI-SN-${digest}`,
    comment: comment.length > MAX_COMMENT_LENGTH
      // Of its dots the kernel keeps two.
      ? `${comment.slice(0, MAX_COMMENT_LENGTH - 2)}..`
      : comment,
  };
}

/** The owner that a comment tells of; none if it was cut, or is no such one. */
export function ownerIn(comment: string): Owner | undefined {
  const match = /^dnat name: "([^"]+)" id: "([^"]+)"$/.exec(comment);
  return match === null
    ? undefined
    : { network: match[1]!, containerId: match[2]! };
}

/** A comment as a match of a rule. */
export function commentMatch(comment: string): string {
  return `-m comment --comment ${quoteIptables(comment)}`;
}
