import type { Result } from "../../../lib/spec/mod.ts";
import { type Addressing, requireAddresses } from "../addresses.ts";

/**
 * What an IPAM plugin gave, as a design gets it; `undefined` without one. The
 * addresses are of the first interface of the result.
 */
export function addressingOf(ipam: Result): Addressing;
export function addressingOf(ipam: Result | undefined): Addressing | undefined;
export function addressingOf(
  ipam: Result | undefined,
): Addressing | undefined {
  return ipam && requireAddresses(ipam, "x", 0);
}
