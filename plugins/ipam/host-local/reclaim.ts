import type { Address } from "../../../lib/net/mod.ts";
import type { Boot } from "./boot.ts";
import type { Reservation, Reservations } from "./reservations.ts";

/** What {@linkcode reclaim} frees. */
export interface ReclaimOptions {
  /** The present boot. */
  readonly boot: Boot;
  /** Chooses among the addresses. */
  readonly isWanted: (address: Address) => boolean;
}

/**
 * Frees reservations that were made before the machine's last start: whatever
 * had them is gone.
 *
 * @returns How many.
 */
export function reclaim(
  reservations: Reservations,
  { boot, isWanted }: ReclaimOptions,
): number {
  const stale = reservations.madeBefore(boot, isWanted).filter(isOfInterface);
  for (const { address } of stale) reservations.release(address);
  return stale.length;
}

/**
 * Whether a reservation is one that an ADD makes. A text without an interface
 * may be what a person wrote to keep the address from being given out.
 */
export function isOfInterface({ ifname }: Reservation): boolean {
  return ifname !== undefined;
}
