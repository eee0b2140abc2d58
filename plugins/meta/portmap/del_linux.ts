import type { Address } from "../../../lib/net/mod.ts";
import { type Run, Shells } from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { throwFirst } from "../../shared/mod.ts";
import { flushEndedConnections } from "./conntrack_linux.ts";
import { findPlaces } from "./find_places_linux.ts";
import {
  removeIptablesForwarding,
  removeKnownForwarding,
} from "./iptables_linux.ts";
import type { MappedPort } from "./mapped_port.ts";
import { removeNftForwarding } from "./nft_linux.ts";
import {
  expectedPlaces,
  isSamePlace,
  knownAddresses,
  type Place,
} from "./places.ts";

/**
 * Removes the container's rules, with one transaction for each family (CNI
 * 1.1.0, section 2, "DEL"). The configuration only tells where to look first:
 * it may have changed since the ADD, or lack the mappings.
 *
 * @throws {CniError} Code 999 or 11 with the first reason; all that can be
 * removed is.
 */
export async function delPortmap(request: Request): Promise<void> {
  await using shells = new Shells();
  const { run } = shells;
  const ports = await removeForwardings(request, {
    run,
    open: () => shells.open(),
    looksFirst: false,
  });
  await flushEndedConnections(ports, run);
}

/** How {@linkcode removeForwardings} is to work. */
export interface RemovalOptions {
  /** Runs commands, one after another. */
  readonly run: Run;
  /** What runs commands beside those. */
  readonly open: () => Run;
  /**
   * Whether to look before anything is done, even where what there should be
   * is known: for saying what would be done.
   */
  readonly looksFirst: boolean;
}

/**
 * Removes the container's rules: first where an ADD by this configuration
 * would have made them, and where there are none, or none are told of, wherever
 * there are any.
 *
 * @returns What was mapped.
 */
export async function removeForwardings(
  request: Request,
  options: RemovalOptions,
): Promise<readonly MappedPort[]> {
  const expected = expectedPlaces(request);
  const addresses = knownAddresses(request);
  const removed = await removeAll(expected, request, { ...options, addresses });
  const isAllFound = expected.length > 0 &&
    removed.every((ports) => ports !== undefined);
  if (isAllFound) return removed.flatMap((ports) => ports ?? []);
  const others = (await findPlaces(request, options.run))
    .filter((place) => !expected.some((one) => isSamePlace(one, place)));
  const more = await removeAll(others, request, { ...options, addresses });
  return [...removed, ...more].flatMap((ports) => ports ?? []);
}

interface Removal extends RemovalOptions {
  /** The container's addresses in the network, if they are known. */
  readonly addresses: readonly Address[] | undefined;
}

/** What was mapped in each place; `undefined` where nothing was. */
async function removeAll(
  places: readonly Place[],
  request: Request,
  removal: Removal,
): Promise<readonly (readonly MappedPort[] | undefined)[]> {
  const ends = await Promise.allSettled(places.map((place, index) => {
    const run = index === 0 ? removal.run : removal.open();
    return removeFrom(place, request, { ...removal, run });
  }));
  throwFirst(ends);
  return ends.map((end) => end.status === "fulfilled" ? end.value : undefined);
}

async function removeFrom(
  { backend, family, forwarding }: Place,
  { config: { name: network }, containerId }: Request,
  { run, addresses, looksFirst }: Removal,
): Promise<readonly MappedPort[] | undefined> {
  const owner = { network, containerId };
  if (backend === "nftables") {
    return await removeNftForwarding(owner, family, { run, addresses });
  }
  const known = forwarding !== undefined && !looksFirst
    ? await removeKnownForwarding(forwarding, run)
    : undefined;
  return known ?? await removeIptablesForwarding(owner, family, run);
}
