import type { Address } from "../../../lib/net/mod.ts";
import type { Boot } from "./boot.ts";
import type { Reservation, Reservations } from "./reservations.ts";

/** Which leftovers {@linkcode leftoversIn} looks for. */
export interface LeftoverOptions {
  /** The present boot; `undefined` if it is not known, or not to be used. */
  readonly boot: Boot | undefined;
  /** Chooses among the addresses; default: all. */
  readonly isWanted?: (address: Address) => boolean;
}

/**
 * Finds reservations that an ADD made before the machine's last start: whatever
 * had them is gone.
 */
export function leftoversIn(
  reservations: Reservations,
  { boot, isWanted = () => true }: LeftoverOptions,
): readonly Reservation[] {
  if (boot === undefined) return [];
  return reservations.madeBefore(boot, isWanted).filter(isOfAdd);
}

/**
 * Whether an ADD has made it: in full, or, as the reference does when it is
 * killed, an empty file. Any other text may be a person's, to keep the address
 * from being given out.
 */
function isOfAdd({ containerId, ifname }: Reservation): boolean {
  return ifname !== undefined || containerId === "";
}
