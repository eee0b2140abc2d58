import type { LinkOwner } from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";

/** Whose attachment a request is about. */
export function attachmentOwner(
  { config, containerId, ifname }: Request,
): LinkOwner {
  return { network: config.name, containerId, ifname };
}
