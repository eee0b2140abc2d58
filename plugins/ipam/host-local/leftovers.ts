import type { Address } from "../../../lib/net/mod.ts";
import type { PresentBoot } from "./present_boot.ts";
import type { Reservation, Reservations } from "./reservations.ts";

/** Which leftovers {@linkcode leftoversIn} looks for. */
export interface LeftoverOptions {
  /** The present boot; `undefined` if it is not known, or not to be used. */
  readonly boot: PresentBoot | undefined;
  /** Chooses among the addresses; default: all. */
  readonly isWanted?: (address: Address) => boolean;
}

/**
 * Finds reservations that an ADD made before the machine's last start, so
 * that nothing uses them any more. Finds none where that is not certain.
 */
export function leftoversIn(
  reservations: Reservations,
  { boot, isWanted = () => true }: LeftoverOptions,
): readonly Reservation[] {
  if (boot === undefined) return [];
  const found = () =>
    reservations.madeBefore(boot.ids, isWanted).filter(isOfAdd);
  // Asked only where there is something to free: it costs a child process.
  return found().length > 0 && boot.confirm() ? found() : [];
}

/**
 * Whether an ADD has made it: in full, or, as the reference does when it is
 * killed, an empty file. Any other text may be a person's, to keep the address
 * from being given out.
 */
function isOfAdd({ containerId, ifname }: Reservation): boolean {
  return ifname !== undefined || containerId === "";
}
