import type { Address } from "../../../lib/net/mod.ts";
import type { Boots } from "./boot.ts";

/** Who holds an address: an interface of a container. */
export interface Owner {
  readonly containerId: string;
  /** The interface's name in the container. */
  readonly ifname: string;
}

/** An address that is taken. */
export interface Reservation {
  readonly address: Address;
  /** Empty if the reservation names no container. */
  readonly containerId: string;
  /** Absent in what versions before interface names wrote. */
  readonly ifname?: string;
}

/** Chooses among reservations by their owners. */
export type IsWanted = (owner: Omit<Reservation, "address">) => boolean;

/**
 * The reservations of one network, as seen by whoever holds its lock. All
 * methods throw a {@linkcode CniError} of code 5 for what the system refuses.
 */
export interface Reservations {
  /** Where they are kept, for messages. */
  readonly place: string;
  /** All that belong to a container, whatever the interface. */
  ofContainer(containerId: string): readonly Reservation[];
  /**
   * All of them, as they were when they were made: a text that was changed in
   * place may not be seen.
   *
   * @param isWanted Chooses among them by their owners; default: all.
   */
  all(isWanted?: IsWanted): readonly Reservation[];
  /** That of an address, as its text is now. */
  at(address: Address): Reservation | undefined;
  /** Whether an address cannot be reserved: it is, or something is in the way. */
  isTaken(address: Address): boolean;
  /** Reserves an address; `false` if it is taken. */
  reserve(address: Address, owner: Owner): boolean;
  /** Frees an address; one that is free stays so. */
  release(address: Address): void;
  /** The address that a range set handed out last, if that is known. */
  lastReserved(setIndex: number): Address | undefined;
  /** Remembers it; a hint, which may be lost. */
  setLastReserved(setIndex: number, address: Address): void;
  /** Records the present boot as that in which addresses were reserved. */
  mark(addresses: readonly Address[], present: Boots): void;
  /**
   * Records it for addresses reserved by others, as that of the first sight,
   * and forgets what it recorded of reservations that are no more.
   */
  markUnknown(present: Boots): void;
  /**
   * Reservations that were certainly made before the present boots: nothing can
   * be using them.
   *
   * @param isWanted Chooses among them.
   */
  madeBefore(
    present: Boots,
    isWanted: (address: Address) => boolean,
  ): readonly Reservation[];
}

/**
 * What `owner` holds: the reservations in its name, or, if there are none,
 * those that name its container and no interface.
 */
export function reservationsOf(
  reservations: Reservations,
  { containerId, ifname }: Owner,
): readonly Reservation[] {
  const all = reservations.ofContainer(containerId);
  const exact = all.filter((reservation) => reservation.ifname === ifname);
  if (exact.length > 0) return exact;
  return all.filter((reservation) => reservation.ifname === undefined);
}
