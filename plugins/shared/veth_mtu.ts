import type { Fields } from "../../lib/spec/mod.ts";

/** The bounds of a veth's MTU in the kernel, in bytes. */
const MIN_BYTES = 68;
const MAX_BYTES = 65535;

/**
 * Reads `mtu`, in bytes.
 *
 * @returns 0 for the kernel's default, which every number below 1 asks for.
 * @throws {CniError} Code 7 for what the kernel would refuse.
 */
export function parseVethMtu(fields: Fields): number {
  const mtuBytes = fields.integer("mtu", { max: MAX_BYTES }) ?? 0;
  if (mtuBytes <= 0) return 0;
  if (mtuBytes >= MIN_BYTES) return mtuBytes;
  const range = `a whole number from ${MIN_BYTES} to ${MAX_BYTES}`;
  throw fields.invalid("mtu", `0 for the kernel's default, or ${range}`);
}
