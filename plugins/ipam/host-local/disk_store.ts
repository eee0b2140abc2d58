import {
  type Address,
  formatAddress,
  parseAddress,
} from "../../../lib/net/mod.ts";
import {
  confinePath,
  openStateDir,
  type StateDir,
} from "../../../lib/state/mod.ts";
import { formatOwner, parseOwner } from "./reservation_text.ts";
import type { Owner, Reservation, Reservations } from "./reservations.ts";

/** The reservations of one network, behind the lock that guards them. */
export interface Store {
  /**
   * Runs `critical` alone: no other host-local, be it ours or the reference,
   * reads or writes this network's reservations meanwhile. It must be done
   * when it returns, so no promise.
   */
  withLock<T>(critical: (reservations: Reservations) => T): T;
}

/** How {@linkcode openDiskStore} opens the folder of a network. */
export interface DiskStoreOptions {
  /** The folder of all networks, as configured. */
  readonly dataDir: string;
  /** The network's name, already checked. */
  readonly network: string;
  /** Makes the folder when it is missing. */
  readonly create?: boolean;
}

/**
 * Opens the folder `<dataDir>/<network>`, in the layout of the reference: a
 * file for each address, named by it, with its owner as text; a file `lock`;
 * and files `last_reserved_ip.<set index>`. What we need besides lies in
 * `<dataDir>/.cni/<network>`, since the reference takes every file of a
 * network's folder for a reservation; no network's name begins with a dot.
 *
 * @returns The store; `undefined` if the folder is missing and not made.
 * @throws {CniError} Code 7 if the folder may not be used, code 5 if it
 * cannot be.
 */
export function openDiskStore(
  options: DiskStoreOptions & { readonly create: true },
): Store;
/** As above, for a folder that may be missing. */
export function openDiskStore(options: DiskStoreOptions): Store | undefined;
export function openDiskStore(options: DiskStoreOptions): Store | undefined {
  const { network, create = false } = options;
  const key = "ipam.dataDir";
  // Checked by itself, so that a refusal names the folder that was configured.
  const dataDir = confinePath(options.dataDir, { key });
  const dir = openStateDir(`${dataDir}/${network}`, {
    key,
    create,
    tempPath: `${dataDir}/.cni/${network}`,
  });
  if (dir === undefined) return undefined;
  const reservations = new DiskReservations(dir);
  return {
    withLock: (critical) => dir.withLock("lock", () => critical(reservations)),
  };
}

class DiskReservations implements Reservations {
  readonly #dir: StateDir;

  constructor(dir: StateDir) {
    this.#dir = dir;
  }

  get place(): string {
    return this.#dir.path;
  }

  ofContainer(containerId: string): readonly Reservation[] {
    const found: Reservation[] = [];
    for (const [name, text] of this.#dir.readAll(looksLikeAddress)) {
      // Most belong to others: look for the id before anything is parsed.
      if (!text.includes(containerId)) continue;
      const owner = parseOwner(text);
      if (owner.containerId !== containerId) continue;
      const address = addressOfFile(name);
      if (address !== undefined) found.push({ address, ...owner });
    }
    return found;
  }

  isTaken(address: Address): boolean {
    return this.#dir.has(fileOf(address));
  }

  reserve(address: Address, owner: Owner): boolean {
    const text = formatOwner(owner);
    return this.#dir.createExclusive(fileOf(address), text, FILE_MODE);
  }

  release(address: Address): void {
    this.#dir.remove(fileOf(address));
  }

  lastReserved(setIndex: number): Address | undefined {
    const text = this.#dir.read(lastReservedFile(setIndex));
    return text === undefined ? undefined : addressOrUndefined(text);
  }

  setLastReserved(setIndex: number, address: Address): void {
    const text = formatAddress(address);
    this.#dir.overwrite(lastReservedFile(setIndex), text, FILE_MODE);
  }
}

const FILE_MODE = 0o600;

function lastReservedFile(setIndex: number): string {
  return `last_reserved_ip.${setIndex}`;
}

function fileOf(address: Address): string {
  const name = formatAddress(address);
  return Deno.build.os === "windows" ? name.replaceAll(":", "_") : name;
}

/** The address that a file reserves; only its canonical text reserves it. */
function addressOfFile(name: string): Address | undefined {
  const isWindows = Deno.build.os === "windows";
  const text = isWindows ? name.replaceAll("_", ":") : name;
  const address = addressOrUndefined(text);
  const isCanonical = address !== undefined && fileOf(address) === name;
  return isCanonical ? address : undefined;
}

function looksLikeAddress(name: string): boolean {
  return /^[0-9a-f:._]+$/.test(name);
}

function addressOrUndefined(text: string): Address | undefined {
  try {
    return parseAddress(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
