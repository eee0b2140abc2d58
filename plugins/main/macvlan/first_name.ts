import type { Request } from "../../../lib/plugin/mod.ts";

/**
 * The name that the interface has in the container until it is given its own.
 * It follows from the attachment, so that a DEL finds what an ADD has left
 * there that was killed. NetworkManager leaves links of this prefix alone.
 */
export function firstNameOf(
  { containerId, ifname, config }: Pick<
    Request,
    "containerId" | "ifname" | "config"
  >,
): string {
  return `veth${fnv1a(`${config.name}/${containerId}/${ifname}`)}`;
}

/** The 32-bit FNV-1a hash of a text, in 8 hexadecimal digits. */
function fnv1a(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}
