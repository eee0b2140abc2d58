import {
  type Address,
  type Cidr,
  compareAddresses,
  formatAddress,
} from "../../../lib/net/mod.ts";
import { CniCode, CniError, toCniError } from "../../../lib/spec/mod.ts";
import type { PresentBoot } from "./present_boot.ts";
import type { AddressRange } from "./range.ts";
import {
  addressesAfter,
  formatRangeSet,
  rangeFor,
  type RangeSet,
} from "./range_set.ts";
import { leftoversIn } from "./leftovers.ts";
import type { Owner, Reservation, Reservations } from "./reservations.ts";

/** What an ADD wants. */
export interface Wanted {
  readonly owner: Owner;
  /** An address is taken of each. */
  readonly sets: readonly RangeSet[];
  /** For each set the address to take, or `undefined` for any. */
  readonly requested: readonly (Address | undefined)[];
  /**
   * The present boot, so that reservations made before it can be freed where
   * they are in the way; `undefined` if it is not known, or that not wanted.
   */
  readonly boot?: PresentBoot | undefined;
}

/** An address that was taken. */
export interface Allocation {
  /** The address, with the prefix length of its subnet. */
  readonly cidr: Cidr;
  /** The gateway of its range. */
  readonly gateway: Address;
}

/**
 * Takes an address of every range set, or of none: when one set fails, what
 * this call took of the others is freed, and nothing else. The search goes
 * round: it begins after the address that the set gave out last, so that one
 * just freed rests for as long as possible. Reservations from before the
 * machine's last start are freed where they are in the way.
 *
 * @returns An allocation for each set, in their order.
 * @throws {CniError} Code 999 if the owner has an address of these sets
 * already, if a requested one is taken, or if a set has none left; code 7 if a
 * requested one is a gateway; code 5 if a reservation cannot be written.
 */
export function allocate(
  reservations: Reservations,
  wanted: Wanted,
): readonly Allocation[] {
  refuseGateways(wanted);
  refuseSecond(reservations, wanted);
  const taken: Allocation[] = [];
  try {
    for (const index of wanted.sets.keys()) {
      const [address, range] = takeOne(reservations, wanted, index);
      const { prefixBits } = range.subnet;
      taken.push({ cidr: { address, prefixBits }, gateway: range.gateway });
    }
    rememberLast(reservations, wanted, taken);
    return taken;
  } catch (error) {
    throw release(reservations, taken, error);
  }
}

function rememberLast(
  reservations: Reservations,
  wanted: Wanted,
  taken: readonly Allocation[],
): void {
  for (const [index, { cidr }] of taken.entries()) {
    // A requested address is out of turn, so the round goes on where it was.
    if (wanted.requested[index] !== undefined) continue;
    reservations.setLastReserved(index, cidr.address);
  }
}

/** Frees what was taken. Returns `error`, with what could not be freed. */
function release(
  reservations: Reservations,
  taken: readonly Allocation[],
  error: unknown,
): unknown {
  const failures: string[] = [];
  for (const { cidr: { address } } of taken) {
    try {
      reservations.release(address);
    } catch (failure) {
      failures.push(String(failure));
    }
  }
  if (failures.length === 0) return error;
  const { code, message, details } = toCniError(error);
  return new CniError(code, message, {
    details: [details, ...failures].filter((text) => text !== "").join("; "),
    cause: error,
  });
}

/** Checked for all sets before anything is taken of one. */
function refuseSecond(reservations: Reservations, wanted: Wanted): void {
  const { containerId } = wanted.owner;
  const before = heldBy(reservations, wanted);
  if (before.length === 0) return;
  const addresses = before.map(({ address }) => address);
  const isHeld = (address: Address) =>
    addresses.some((one) => compareAddresses(one, address) === 0);
  const [held] = reclaimed(reservations, wanted, isHeld) === 0
    ? before
    : heldBy(reservations, wanted);
  if (held === undefined) return;
  throw refusal("duplicate allocation is not allowed", {
    details:
      `container ${containerId} has ${formatAddress(held.address)} for ` +
      `${held.ifname ?? "an unnamed interface"} already, as ` +
      `${reservations.place} tells: DEL it before another ADD`,
  });
}

/** What the owner has of the wanted sets. */
function heldBy(
  reservations: Reservations,
  { owner: { containerId, ifname }, sets }: Wanted,
): readonly Reservation[] {
  return reservations.ofContainer(containerId).filter((reservation) =>
    [ifname, undefined].includes(reservation.ifname) &&
    sets.some((set) => rangeFor(set, reservation.address) !== undefined)
  );
}

/** Frees what is left from before the present boot; returns how many. */
function reclaimed(
  reservations: Reservations,
  { boot }: Pick<Wanted, "boot">,
  isWanted: (address: Address) => boolean,
): number {
  const leftovers = leftoversIn(reservations, { boot, isWanted });
  for (const { address } of leftovers) reservations.release(address);
  return leftovers.length;
}

function takeOne(
  reservations: Reservations,
  wanted: Wanted,
  index: number,
): readonly [Address, AddressRange] {
  const requested = wanted.requested[index];
  return requested === undefined
    ? takeNext(reservations, wanted, index)
    : takeRequested(reservations, { ...wanted, index, requested });
}

function takeRequested(
  reservations: Reservations,
  wanted:
    & Omit<Wanted, "requested">
    & Readonly<{ index: number; requested: Address }>,
): readonly [Address, AddressRange] {
  const { owner, sets, index, requested } = wanted;
  const set = sets[index]!;
  const text = formatAddress(requested);
  const isRequested = (address: Address) =>
    compareAddresses(address, requested) === 0;
  const isReserved = reservations.reserve(requested, owner) ||
    reclaimed(reservations, wanted, isRequested) > 0 &&
      reservations.reserve(requested, owner);
  if (!isReserved) {
    const message = `requested address ${text} is not available in range ` +
      `set: ${formatRangeSet(set)}`;
    const details = `it is reserved in ${reservations.place}: ask for another`;
    throw refusal(message, { details });
  }
  return [requested, rangeFor(set, requested)!];
}

function takeNext(
  reservations: Reservations,
  wanted: Wanted,
  index: number,
): readonly [Address, AddressRange] {
  const set = wanted.sets[index]!;
  const first = search(reservations, wanted, index);
  if (!("inUse" in first)) return first;
  const isInSet = (address: Address) => rangeFor(set, address) !== undefined;
  if (reclaimed(reservations, wanted, isInSet) > 0) {
    const second = search(reservations, wanted, index);
    if (!("inUse" in second)) return second;
  } else if (wanted.boot !== undefined) {
    reservations.markUnknown(wanted.boot.ids);
  }
  const { inUse } = first;
  const ranges = formatRangeSet(set);
  const details = `all ${inUse} addresses of ${set.key} are in use, as the ` +
    `files in ${reservations.place} tell: make the range larger, or remove ` +
    "the files of containers that are gone";
  throw refusal(`no IP addresses available in range set: ${ranges}`, {
    details,
  });
}

/** The next free address, taken; or how many are in use, which is all. */
function search(
  reservations: Reservations,
  { owner, sets }: Wanted,
  index: number,
): readonly [Address, AddressRange] | { readonly inUse: number } {
  let inUse = 0;
  const last = reservations.lastReserved(index);
  for (const [address, range] of addressesAfter(sets[index]!, last)) {
    if (isGateway(sets, address)) continue;
    // Asked first, since a try that fails costs a write to the disk.
    const isFree = !reservations.isTaken(address) &&
      reservations.reserve(address, owner);
    if (isFree) return [address, range];
    inUse++;
  }
  return { inUse };
}

/**
 * Refuses what no reservation has to be looked at for: a requested address that
 * is a gateway, and a set without any other.
 *
 * @throws {CniError} Code 7 for a requested address, code 999 for a set.
 */
export function refuseGateways(
  { sets, requested }: Pick<Wanted, "sets" | "requested">,
): void {
  for (const [index, set] of sets.entries()) {
    const address = requested[index];
    if (address !== undefined && isGateway(sets, address)) {
      const message = `requested address ${formatAddress(address)} is a ` +
        "gateway";
      const details = `it is a gateway in ${set.key}: ask for another`;
      throw refusal(message, { code: CniCode.InvalidConfig, details });
    }
    if (address !== undefined || hasOther(sets, set)) continue;
    const ranges = formatRangeSet(set);
    const details = `${set.key} holds nothing but gateways: make the range ` +
      "larger";
    throw refusal(`no IP addresses available in range set: ${ranges}`, {
      details,
    });
  }
}

/** Whether a set has an address that is no gateway. */
function hasOther(sets: readonly RangeSet[], set: RangeSet): boolean {
  for (const [address] of addressesAfter(set, undefined)) {
    if (!isGateway(sets, address)) return true;
  }
  return false;
}

/** Whether any range names `address` as gateway: somebody else has it then. */
export function isGateway(
  sets: readonly RangeSet[],
  address: Address,
): boolean {
  return sets.some((set) =>
    set.ranges.some(({ gateway }) => compareAddresses(gateway, address) === 0)
  );
}

function refusal(
  reason: string,
  { code = CniCode.Internal, details }: Readonly<
    { code?: number; details: string }
  >,
): CniError {
  const message = `Cannot allocate an address: ${reason}`;
  return new CniError(code, message, { details });
}
