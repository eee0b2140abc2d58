import { linkAlias, sha512Hex } from "../../../lib/linux/mod.ts";
import { randomMac } from "../../../lib/net/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { attachmentOwner } from "../../shared/chained/mod.ts";

/**
 * The link through which all that a container sends is led, since the kernel
 * shapes only what leaves a link.
 */
export interface Ifb {
  /** The Go plugin's name for it. */
  readonly name: string;
  readonly mac: string;
  /** Tells whose it is; absent if that is too long for the kernel. */
  readonly alias: string | undefined;
}

/** The kernel's limit for a link's name. */
const NAME_LENGTH = 15;

/** Chooses the link of an attachment. */
export async function ifbOf(request: Request): Promise<Ifb> {
  return {
    name: await ifbName(request),
    mac: randomMac(),
    alias: linkAlias(attachmentOwner(request)),
  };
}

/** The link's name: the same for all interfaces of a container in a network. */
export async function ifbName(
  { config, containerId }: Request,
): Promise<string> {
  const digest = await sha512Hex(config.name + containerId);
  return `bwp${digest}`.slice(0, NAME_LENGTH);
}
