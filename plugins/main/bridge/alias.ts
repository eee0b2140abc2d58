import type { Request } from "../../../lib/plugin/mod.ts";

/** Whose attachment a pair belongs to. */
export interface Attachment {
  /** The network's name. */
  readonly network: string;
  readonly containerId: string;
  readonly ifname: string;
}

const PREFIX = "cni/";

/** The kernel keeps this many bytes of a link's alias. */
const MAX_ALIAS_BYTES = 255;

/**
 * The alias of a pair's end in the host, by which GC finds the pairs of
 * attachments that are not valid any more. None of the parts can hold a `/`.
 *
 * @returns `undefined` if the text is too long for the kernel.
 */
export function attachmentAlias(
  { config, containerId, ifname }: Request,
): string | undefined {
  const alias = `${PREFIX}${config.name}/${containerId}/${ifname}`;
  const { length } = new TextEncoder().encode(alias);
  return length <= MAX_ALIAS_BYTES ? alias : undefined;
}

/** Reads {@linkcode attachmentAlias}; `undefined` for any other text. */
export function parseAttachmentAlias(alias: string): Attachment | undefined {
  if (!alias.startsWith(PREFIX)) return undefined;
  const [network, containerId, ifname, ...rest] = alias.slice(PREFIX.length)
    .split("/");
  return network && containerId && ifname && rest.length === 0
    ? { network, containerId, ifname }
    : undefined;
}
