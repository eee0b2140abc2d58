import { type Address, formatAddress } from "../../../lib/net/mod.ts";
import type { Boot, Boots } from "./boot.ts";
import type {
  IsWanted,
  Owner,
  Reservation,
  Reservations,
} from "./reservations.ts";

/** Reservations that end with the program, for what is only tried. */
export class MemoryReservations implements Reservations {
  readonly place: string;
  readonly #all = new Map<string, Reservation>();
  readonly #boots = new Map<string, Boot>();
  readonly #last = new Map<number, Address>();

  /** @param place Where messages say that they are. */
  constructor(place = "memory") {
    this.place = place;
  }

  ofContainer(containerId: string): readonly Reservation[] {
    return this.all().filter((one) => one.containerId === containerId);
  }

  all(isWanted: IsWanted = () => true): readonly Reservation[] {
    return [...this.#all.values()].filter(isWanted);
  }

  at(address: Address): Reservation | undefined {
    return this.#all.get(formatAddress(address));
  }

  isTaken(address: Address): boolean {
    return this.#all.has(formatAddress(address));
  }

  reserve(address: Address, owner: Owner): boolean {
    if (this.isTaken(address)) return false;
    this.keep({ address, ...owner });
    return true;
  }

  /** Takes over a reservation as it is. */
  keep(reservation: Reservation): void {
    this.#all.set(formatAddress(reservation.address), reservation);
  }

  release(address: Address): void {
    const text = formatAddress(address);
    this.#all.delete(text);
    this.#boots.delete(text);
  }

  lastReserved(setIndex: number): Address | undefined {
    return this.#last.get(setIndex);
  }

  setLastReserved(setIndex: number, address: Address): void {
    this.#last.set(setIndex, address);
  }

  mark(addresses: readonly Address[], [boot]: Boots): void {
    for (const address of addresses) {
      this.#boots.set(formatAddress(address), boot);
    }
  }

  markUnknown(present: Boots): void {
    const isUnknown = (address: Address) =>
      !this.#boots.has(formatAddress(address));
    const addresses = this.all().map(({ address }) => address);
    this.mark(addresses.filter(isUnknown), present);
  }

  madeBefore(
    present: Boots,
    isWanted: (address: Address) => boolean,
  ): readonly Reservation[] {
    return this.all().filter(({ address }) => {
      const boot = this.#boots.get(formatAddress(address));
      return boot !== undefined && !present.includes(boot) &&
        isWanted(address);
    });
  }
}
