import type { Address, Family } from "../../../lib/net/mod.ts";
import { type Run, Shells } from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { prevResultOf } from "../../../lib/spec/mod.ts";
import { throwFirst } from "../../shared/mod.ts";
import { flushEndedConnections } from "./conntrack_linux.ts";
import { findPlaces, type Place } from "./find_places_linux.ts";
import { removeIptablesForwarding } from "./iptables_linux.ts";
import type { MappedPort } from "./mapped_port.ts";
import { removeNftForwarding } from "./nft_linux.ts";
import { targetsIn } from "./target.ts";

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
  const ports = await removeForwardings(request, shells);
  await flushEndedConnections(ports, shells.run);
}

/** What runs commands, one after another or beside those. */
export type Runners = Pick<Shells, "run" | "open">;

/**
 * Removes the container's rules: first where an ADD by this configuration
 * would have made them, and where there are none, or none are told of, wherever
 * there are any.
 *
 * @returns What was mapped.
 */
export async function removeForwardings(
  request: Request,
  runners: Runners,
): Promise<readonly MappedPort[]> {
  const addresses = addressesIn(request);
  const expected = expectedPlaces(request, addresses);
  const removed = await removeAll(expected, { request, addresses, runners });
  const isAllFound = expected.length > 0 &&
    removed.every((ports) => ports !== undefined);
  const places = isAllFound ? [] : await findPlaces(request, runners.run);
  const others = places.filter((place) => !expected.some(isSame(place)));
  const more = await removeAll(others, { request, addresses, runners });
  return [...removed, ...more].flatMap((ports) => ports ?? []);
}

interface Removal {
  readonly request: Request;
  /** The container's addresses, if they are known. */
  readonly addresses: readonly Address[] | undefined;
  readonly runners: Runners;
}

/** What was mapped in each place; `undefined` where nothing was. */
async function removeAll(
  places: readonly Place[],
  { request, addresses, runners }: Removal,
): Promise<readonly (readonly MappedPort[] | undefined)[]> {
  const { config: { name: network }, containerId } = request;
  const owner = { network, containerId };
  const ends = await Promise.allSettled(
    places.map(({ backend, family }, index) => {
      const run: Run = index === 0 ? runners.run : runners.open();
      return backend === "iptables"
        ? removeIptablesForwarding(owner, family, run)
        : removeNftForwarding(owner, family, { run, addresses });
    }),
  );
  throwFirst(ends);
  return ends.map((end) => end.status === "fulfilled" ? end.value : undefined);
}

/** Where an ADD by this configuration would have made rules. */
function expectedPlaces(
  { config: { fields } }: Request,
  addresses: readonly Address[] | undefined,
): readonly Place[] {
  if (!hasMappings(fields.json("runtimeConfig"))) return [];
  const isNft = fields.json("backend") === "nftables";
  const backend = isNft ? "nftables" : "iptables";
  const families = addresses?.map(({ family }) => family) ?? [4, 6] as const;
  return families.map((family: Family) => ({ backend, family }));
}

function hasMappings(runtimeConfig: unknown): boolean {
  const entries = Object.entries(runtimeConfig ?? {});
  return entries.some(([key, value]) =>
    key.toLowerCase() === "portmappings" && Array.isArray(value) &&
    value.length > 0
  );
}

/** The container's addresses, if prevResult tells them. */
function addressesIn(
  { config, ifname }: Request,
): readonly Address[] | undefined {
  try {
    const targets = targetsIn(prevResultOf(config) ?? {}, ifname);
    if (targets.length > 0) return targets.map(({ address }) => address);
  } catch {
    // A result that cannot be read must not keep the rules.
  }
  return undefined;
}

function isSame(place: Place): (other: Place) => boolean {
  return ({ backend, family }) =>
    backend === place.backend && family === place.family;
}
