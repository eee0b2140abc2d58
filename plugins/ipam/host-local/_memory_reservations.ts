import {
  type Address,
  formatAddress,
  parseAddress,
} from "../../../lib/net/mod.ts";
import type { Owner, Reservation, Reservations } from "./reservations.ts";

/** Reservations that are forgotten with the test that made them. */
export class MemoryReservations implements Reservations {
  readonly place = "memory";
  /** Addresses whose release fails. */
  readonly stuck = new Set<string>();
  readonly #owners = new Map<string, Omit<Reservation, "address">>();
  readonly #last = new Map<number, Address>();

  ofContainer(containerId: string): readonly Reservation[] {
    return [...this.#owners]
      .filter(([, owner]) => owner.containerId === containerId)
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
  }

  lastReserved(setIndex: number): Address | undefined {
    return this.#last.get(setIndex);
  }

  setLastReserved(setIndex: number, address: Address): void {
    this.#last.set(setIndex, address);
  }
}
