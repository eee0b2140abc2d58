import { isMulticastMac, parseMac } from "../net/mod.ts";
import type { Fields } from "./fields.ts";

/**
 * The hardware address at a key, in the canonical text of `parseMac`;
 * `undefined` if the key is absent or its text empty.
 *
 * @throws {CniError} Code 7 for what no interface can have: a text that is no
 * address of six octets, a multicast one, the one of all zeros.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Fields } from "./fields.ts";
 * const fields = new Fields({ mac: "02-00-00-00-00-0A" });
 * assertEquals(usableMacAt(fields, "mac"), "02:00:00:00:00:0a");
 * ```
 */
export function usableMacAt(fields: Fields, key: string): string | undefined {
  const text = fields.string(key);
  if (!text) return undefined;
  const expected = "a unicast hardware address such as 02:00:00:00:00:01";
  const mac = parseUsableMac(text);
  if (mac === undefined) throw fields.invalid(key, expected);
  return mac;
}

/** A hardware address that an interface can have; `undefined` for any other text. */
export function parseUsableMac(text: string): string | undefined {
  try {
    const mac = parseMac(text);
    const isUsable = !isMulticastMac(mac) && mac !== "00:00:00:00:00:00";
    return isUsable ? mac : undefined;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    return undefined;
  }
}
