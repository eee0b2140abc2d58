import { parseAddress } from "../lib/net/mod.ts";
import type { NetworkConfig } from "../lib/runtime/mod.ts";
import { isJsonObject } from "../lib/spec/mod.ts";
import { ipamTypeOf } from "./chain_of.ts";

/** An address that host-local has given out, as its file tells. */
export interface HeldAddress {
  readonly address: string;
  readonly network: string;
  readonly file: string;
  readonly containerId: string;
  /** Empty in files that do not tell. */
  readonly ifname: string;
}

/** Where host-local keeps its files unless `ipam.dataDir` names another place. */
const DEFAULT_DATA_DIR = "/var/lib/cni/networks";

/** The folders in which host-local keeps the addresses of networks. */
export function dataDirsOf(
  networks: readonly NetworkConfig[],
): readonly string[] {
  const named = networks.flatMap(({ plugins }) => plugins).flatMap((plugin) => {
    const { ipam } = plugin.raw;
    const isOurs = ipamTypeOf(plugin) === "host-local" && isJsonObject(ipam);
    const dir = isOurs ? ipam.dataDir : undefined;
    return typeof dir === "string" && dir !== "" ? [dir] : [];
  });
  return [...new Set([DEFAULT_DATA_DIR, ...named])];
}

/**
 * Reads what host-local has given out, without its lock: the files are whole
 * whenever they are there. Folders that cannot be read are left out.
 */
export function readReservations(
  dataDirs: readonly string[],
): readonly HeldAddress[] {
  return dataDirs.flatMap((dataDir) =>
    entriesOf(dataDir).filter(({ isDirectory, name }) =>
      isDirectory && !name.startsWith(".")
    ).flatMap(({ name: network }) => {
      const folder = `${dataDir}/${network}`;
      return entriesOf(folder).filter(({ isFile }) => isFile)
        .flatMap(({ name }) => readOne(network, `${folder}/${name}`));
    })
  );
}

function readOne(network: string, file: string): readonly HeldAddress[] {
  const address = file.slice(file.lastIndexOf("/") + 1);
  try {
    parseAddress(address);
    const lines = Deno.readTextFileSync(file).trim().split(/\r?\n/);
    const [containerId = "", ifname = ""] = lines;
    return [{ address, network, file, containerId, ifname }];
  } catch {
    // A file of another kind, or one that was removed meanwhile.
    return [];
  }
}

function entriesOf(folder: string): readonly Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)].sort((a, b) =>
      a.name < b.name ? -1 : 1
    );
  } catch {
    return [];
  }
}
