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
  type JsonObject,
  parseResult,
} from "../lib/spec/mod.ts";
import { isThere } from "./netns.ts";
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
  const attachments = await Promise.all(cached.map(describe));
  const networks = networksOf(cached, configFolder);
  const leaked = readReservations(dataDirsOf(networks))
    .filter((held) => !attachments.some((one) => isHolder(one, held)));
  return { attachments, leaked };
}

async function describe(entry: CachedAttachment): Promise<Shown> {
  const { networkName, containerId, ifname, netns, result } = entry;
  return {
    network: networkName,
    containerId,
    ifname,
    addresses: result === undefined ? [] : addressesIn(result),
    netns,
    isThere: netns !== "" && await isThere(netns),
  };
}

function addressesIn(object: JsonObject): readonly string[] {
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
  const remembered = cached.flatMap(({ config }) => {
    try {
      return [readNetwork({ file: "", content: config }).network];
    } catch {
      return [];
    }
  });
  return [...files, ...remembered];
}

/** Whether an attachment explains why an address is given out. */
function isHolder(one: Shown, held: HeldAddress): boolean {
  return one.isThere && one.network === held.network &&
    one.containerId === held.containerId &&
    ["", one.ifname].includes(held.ifname);
}
