import {
  type Address,
  formatAddress,
  parseAddress,
} from "../../../lib/net/mod.ts";
import type { Boot } from "./boot.ts";
import type { Owner, Reservation, Reservations } from "./reservations.ts";

/** Reservations that are forgotten with the test that made them. */
export class MemoryReservations implements Reservations {
  readonly place = "memory";
  /** Addresses whose release fails. */
  readonly stuck = new Set<string>();
  readonly #owners = new Map<string, Omit<Reservation, "address">>();
  readonly #boots = new Map<string, string>();
  readonly #last = new Map<number, Address>();

  ofContainer(containerId: string): readonly Reservation[] {
    return this.all().filter((one) => one.containerId === containerId);
  }

  all(): readonly Reservation[] {
    return [...this.#owners]
      .map(([text, owner]) => ({ address: parseAddress(text), ...owner }));
  }

  isTaken(address: Address): boolean {
    return this.#owners.has(formatAddress(address));
  }

  reserve(address: Address, owner: Owner): boolean {
    if (this.isTaken(address)) return false;
    this.#owners.set(formatAddress(address), owner);
    return true;
  }

  release(address: Address): void {
    const text = formatAddress(address);
    if (this.stuck.has(text)) throw new Error(`${text} is stuck`);
    this.#owners.delete(text);
    this.#boots.delete(text);
  }

  lastReserved(setIndex: number): Address | undefined {
    return this.#last.get(setIndex);
  }

  setLastReserved(setIndex: number, address: Address): void {
    this.#last.set(setIndex, address);
  }

  mark(addresses: readonly Address[], boot: Boot): void {
    for (const address of addresses) {
      this.#boots.set(formatAddress(address), boot);
    }
  }

  markUnknown(boot: Boot): void {
    for (const text of this.#owners.keys()) {
      if (!this.#boots.has(text)) this.#boots.set(text, boot);
    }
  }

  madeBefore(
    boot: Boot,
    isWanted: (address: Address) => boolean,
  ): readonly Reservation[] {
    return this.all().filter(({ address }) => {
      const id = this.#boots.get(formatAddress(address));
      return id !== undefined && id !== boot && isWanted(address);
    });
  }
}
