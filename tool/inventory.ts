import {
  type CachedAttachment,
  convertResult,
  type NetworkConfig,
  readNetwork,
  readNetworks,
  type Runtime,
} from "../lib/runtime/mod.ts";
import {
  CURRENT_VERSION,
  isJsonObject,
  type Json,
  type JsonObject,
  parseResult,
} from "../lib/spec/mod.ts";
import { pathsThere } from "./netns.ts";
import {
  dataDirsOf,
  type HeldAddress,
  readReservations,
} from "./reservations.ts";

/** An attachment as it is listed. */
export interface Shown {
  readonly network: string;
  readonly containerId: string;
  readonly ifname: string;
  readonly addresses: readonly string[];
  readonly netns: string;
  /** Whether the namespace still exists. */
  readonly isThere: boolean;
  /** Whether it has published ports. */
  readonly publishes: boolean;
}

/** What is attached, and what is held without being attached. */
export interface Inventory {
  readonly attachments: readonly Shown[];
  /** Addresses of interfaces that are not attached, or whose namespace is gone. */
  readonly leaked: readonly HeldAddress[];
}

/** Compares the cache of results with what host-local has given out. */
export async function takeInventory(
  runtime: Runtime,
  configFolder: string,
): Promise<Inventory> {
  const cached = runtime.cachedAttachments();
  const there = await pathsThere(cached.map(({ netns }) => netns));
  const attachments = cached.map((entry) => describe(entry, there));
  const networks = networksOf(cached, configFolder);
  const leaked = leakedAmong(
    readReservations(dataDirsOf(networks)),
    attachments,
  );
  return { attachments, leaked };
}

/** What is held for nobody who is attached. */
function leakedAmong(
  held: readonly HeldAddress[],
  attachments: readonly Shown[],
): readonly HeldAddress[] {
  const holders = new Set<string>();
  for (const { isThere, network, containerId, ifname } of attachments) {
    if (!isThere) continue;
    // Some reservations do not tell the interface.
    for (const one of ["", ifname]) {
      holders.add(`${network}/${containerId}/${one}`);
    }
  }
  return held.filter(({ network, containerId, ifname }) =>
    !holders.has(`${network}/${containerId}/${ifname}`)
  );
}

function describe(
  { networkName, containerId, ifname, netns, result, capabilityArgs }:
    CachedAttachment,
  there: ReadonlySet<string>,
): Shown {
  return {
    network: networkName,
    containerId,
    ifname,
    addresses: result === undefined ? [] : addressesIn(result),
    netns,
    isThere: there.has(netns),
    publishes: Array.isArray(capabilityArgs?.portMappings) &&
      capabilityArgs.portMappings.length > 0,
  };
}

function addressesIn(object: JsonObject): readonly string[] {
  const { cniVersion, ips } = object;
  // Read as it is, in all but very old results: there may be ten thousand.
  if (cniVersion !== undefined && Array.isArray(ips)) {
    const addresses = ips.map((ip: Json) => isJsonObject(ip) && ip.address);
    if (addresses.every((one) => typeof one === "string")) return addresses;
  }
  try {
    const { ips = [] } = parseResult(
      convertResult(object, CURRENT_VERSION),
      CURRENT_VERSION,
    );
    return ips.map(({ address }) => address);
  } catch {
    return [];
  }
}

/** The networks of the folder, and those of attachments. */
function networksOf(
  cached: readonly CachedAttachment[],
  configFolder: string,
): readonly NetworkConfig[] {
  const files = [...readNetworks(configFolder)].flatMap((found) =>
    "network" in found ? [found.network] : []
  );
  // Most attachments share a configuration.
  const configs = new Set(cached.map(({ config }) => config));
  const remembered = [...configs].flatMap((content) => {
    try {
      return [readNetwork({ file: "", content }).network];
    } catch {
      return [];
    }
  });
  return [...files, ...remembered];
}
