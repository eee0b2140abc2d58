import type { Link } from "../../../lib/linux/mod.ts";
import { parseCidr } from "../../../lib/net/mod.ts";

/** A physical link that is up. */
export function linkWith(more: Partial<Link> = {}): Link {
  return {
    name: "d0",
    index: 7,
    kind: "",
    mac: "02:00:00:00:00:d0",
    mtuBytes: 1500,
    operState: "UP",
    flags: ["BROADCAST", "MULTICAST", "UP", "LOWER_UP"],
    promiscuity: 0,
    addresses: [],
    alias: "",
    ...more,
  };
}

/** An address of a link. */
export function addressOf(text: string, scope = "global") {
  const cidr = parseCidr(text);
  return { cidr, scope, isTentative: false, isDuplicate: false };
}
