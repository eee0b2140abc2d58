import type { Request } from "../../../lib/plugin/mod.ts";
import { type Executor, forgetAttachment } from "../../shared/chained/mod.ts";
import { flushEndedConnections } from "./conntrack_linux.ts";
import { findPlaces } from "./find_places_linux.ts";
import {
  removeIptablesForwarding,
  removeKnownForwarding,
} from "./iptables_linux.ts";
import type { MappedPort } from "./mapped_port.ts";
import { removeNftForwarding } from "./nft_linux.ts";
import { portmapNotes } from "./notes.ts";
import {
  expectedPlaces,
  hasMappings,
  isSamePlace,
  knownAddresses,
  type Place,
} from "./places.ts";

/**
 * Removes the container's rules, with one transaction for each family (CNI
 * 1.1.0, section 2, "DEL"). The configuration only tells where to look first:
 * it may have changed since the ADD, or lack the mappings. Where it has none and
 * no ADD has left a note, nothing is started.
 *
 * @throws {CniError} Code 999 or 11 with the first reason; all that can be
 * removed is.
 */
export async function delPortmap(
  request: Request,
  executor: Executor,
): Promise<void> {
  if (!hasMappings(request) && !portmapNotes.has(request)) return;
  const ports = await removeForwardings(request, executor);
  await flushEndedConnections(ports, executor);
  await forgetAttachment(request, portmapNotes, executor);
}

/**
 * Removes the container's rules: first where an ADD by this configuration
 * would have made them, and where there are none, or none are told of, wherever
 * there are any.
 *
 * @returns What was mapped.
 */
async function removeForwardings(
  request: Request,
  executor: Executor,
): Promise<readonly MappedPort[]> {
  const expected = expectedPlaces(request);
  const removed = await removeAll(expected, request, executor);
  const isAllFound = expected.length > 0 &&
    removed.every((ports) => ports !== undefined);
  if (isAllFound) return removed.flatMap((ports) => ports ?? []);
  const others = (await findPlaces(request, executor.run))
    .filter((place) => !expected.some((one) => isSamePlace(one, place)));
  const more = await removeAll(others, request, executor);
  return [...removed, ...more].flatMap((ports) => ports ?? []);
}

/** What was mapped in each place; `undefined` where nothing was. */
async function removeAll(
  places: readonly Place[],
  request: Request,
  { isPlanning, sideBySide, warn }: Executor,
): Promise<readonly (readonly MappedPort[] | undefined)[]> {
  const { config: { name: network }, containerId } = request;
  const owner = { network, containerId };
  const addresses = knownAddresses(request);
  const forEachPlace = sideBySide(places, "remove mapped ports");
  return await forEachPlace(async ({ backend, family, forwarding }, run) => {
    if (backend === "nftables") {
      return await removeNftForwarding(owner, family, { run, addresses });
    }
    // A plan looks first: it must not say that rules are there if they are not.
    const known = forwarding !== undefined && !isPlanning
      ? await removeKnownForwarding(forwarding, run)
      : undefined;
    return known ?? await removeIptablesForwarding(owner, family, {
      run,
      warn,
    });
  });
}
