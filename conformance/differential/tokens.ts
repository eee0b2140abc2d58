import type { SeenLink } from "./state_lines.ts";

/** What stands for something that need not be the same. */
export interface Tokens {
  /** Remembers the links of a namespace, the oldest first. */
  learn(links: readonly SeenLink[]): void;
  /** Puts tokens into a text. */
  apply(text: string): string;
}

/** A name that somebody drew lots for: `veth1a2b3c4d`. */
const DRAWN = /^([a-z]+?)([0-9a-f]{4,})$/;

/** As many of its digits as make it one's own. */
const DIGITS = 8;

/** Addresses of nobody in particular. */
const COMMON = ["00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"];

const MAC = /\b[0-9a-f]{2}(:[0-9a-f]{2}){5}\b/gi;

/**
 * Makes tokens for one side of a comparison. Names of links that were drawn by
 * lot are numbered in the order in which they appear; a hardware address is
 * called by the link that had it first, unless it was asked for.
 *
 * @param given Text with all that both sides were given: what is named there
 * must be the same.
 */
export function createTokens(given: string): Tokens {
  const names = new Map<string, string>();
  const macs = new Map<string, string>();
  const counts = new Map<string, number>();
  const next = (kind: string) => {
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    return count;
  };
  const learnName = (name: string) => {
    const [, stem, digits = ""] = DRAWN.exec(name) ?? [];
    if (stem === undefined || names.has(name)) return;
    if (given.includes(digits.slice(0, DIGITS))) return;
    names.set(name, `${stem}#${next(stem)}`);
  };
  const learnMac = (mac: string, owner: string) => {
    const isKnown = mac === "" || macs.has(mac) || COMMON.includes(mac) ||
      given.toLowerCase().includes(mac);
    if (isKnown) return;
    const called = names.get(owner) ?? owner;
    const count = next(`mac of ${called}`);
    macs.set(
      mac,
      count === 1 ? `<mac of ${called}>` : `<mac ${count} of ${called}>`,
    );
  };
  return {
    learn: (links) => {
      for (const { name } of links) learnName(name);
      for (const { name, mac } of links) learnMac(mac, name);
    },
    apply: (text) => {
      let result = text;
      for (const [name, token] of names) {
        result = result.replaceAll(
          new RegExp(`(?<![\\w-])${name}(?![\\w-])`, "g"),
          token,
        );
      }
      return result.replaceAll(
        MAC,
        (mac) => macs.get(mac.toLowerCase()) ?? mac,
      );
    },
  };
}
