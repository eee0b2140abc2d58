import type { Owner } from "./reservations.ts";

/**
 * Writes what stands in the file of a reservation. The reference host-local
 * compares it byte for byte, so CR LF it is, on every system, and no end of
 * line.
 */
export function formatOwner({ containerId, ifname }: Owner): string {
  return `${containerId}\r\n${ifname}`;
}

/**
 * Reads the file of a reservation. White space around is dropped; a text that
 * is no pair is a container's id alone, which is what the reference wrote
 * before there were interface names.
 */
export function parseOwner(
  text: string,
): { readonly containerId: string; readonly ifname?: string } {
  const trimmed = text.replace(EDGES, "");
  const at = trimmed.indexOf("\r\n");
  if (at < 0) return { containerId: trimmed };
  return {
    containerId: trimmed.slice(0, at),
    ifname: trimmed.slice(at + 2),
  };
}

// What Go takes for white space; `trim()` knows U+FEFF and lacks U+0085.
const SPACE = "[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029" +
  "\\u202f\\u205f\\u3000]+";
const EDGES = new RegExp(`^${SPACE}|${SPACE}$`, "g");
