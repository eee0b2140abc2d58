/** Whose attachment a link in the host belongs to. */
export interface LinkOwner {
  /** The network's name. */
  readonly network: string;
  /** The container's id. */
  readonly containerId: string;
  /** The interface's name in the container. */
  readonly ifname: string;
}

const PREFIX = "cni/";

/** The kernel keeps this many bytes of a link's alias. */
const MAX_ALIAS_BYTES = 255;

/**
 * The alias of a link in the host, by which GC finds the links of attachments
 * that are not valid any more. None of the parts can hold a `/`.
 *
 * @returns `undefined` if the text is too long for the kernel.
 *
 * @example Written and read
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const owner = { network: "net1", containerId: "c1", ifname: "eth0" };
 * assertEquals(linkAlias(owner), "cni/net1/c1/eth0");
 * assertEquals(parseLinkAlias("cni/net1/c1/eth0"), owner);
 * ```
 */
export function linkAlias(
  { network, containerId, ifname }: LinkOwner,
): string | undefined {
  const alias = `${PREFIX}${network}/${containerId}/${ifname}`;
  const { length } = new TextEncoder().encode(alias);
  return length <= MAX_ALIAS_BYTES ? alias : undefined;
}

/** Reads {@linkcode linkAlias}; `undefined` for any other text. */
export function parseLinkAlias(alias: string): LinkOwner | undefined {
  if (!alias.startsWith(PREFIX)) return undefined;
  const [network, containerId, ifname, ...rest] = alias.slice(PREFIX.length)
    .split("/");
  return network && containerId && ifname && rest.length === 0
    ? { network, containerId, ifname }
    : undefined;
}
