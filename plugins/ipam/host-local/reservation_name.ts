import {
  type Address,
  formatAddress,
  parseAddress,
} from "../../../lib/net/mod.ts";

/** The systems that a name is made for. */
type Os = typeof Deno.build.os;

/**
 * The name of the file that reserves an address: its text, on Windows with `_`
 * for the colons, which no name may have there.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseAddress } from "../../../lib/net/mod.ts";
 * const address = parseAddress("fd00::2");
 * assertEquals(reservationName(address, "linux"), "fd00::2");
 * assertEquals(reservationName(address, "windows"), "fd00__2");
 * ```
 */
export function reservationName(address: Address, os: Os): string {
  const text = formatAddress(address);
  return os === "windows" ? text.replaceAll(":", "_") : text;
}

/** The address that a name reserves; only its canonical text reserves it. */
export function addressOfReservation(
  name: string,
  os: Os,
): Address | undefined {
  const text = os === "windows" ? name.replaceAll("_", ":") : name;
  const address = addressOrUndefined(text);
  const isCanonical = address !== undefined &&
    reservationName(address, os) === name;
  return isCanonical ? address : undefined;
}

/** The address that a text says, in whatever form. */
export function addressOrUndefined(text: string): Address | undefined {
  try {
    return parseAddress(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
