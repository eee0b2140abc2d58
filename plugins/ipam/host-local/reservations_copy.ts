import { type Address, parseAddress } from "../../../lib/net/mod.ts";
import { confinePath, openStateDir } from "../../../lib/state/mod.ts";
import { asidePath } from "./aside.ts";
import type { Boot } from "./boot.ts";
import { BootMarks } from "./boot_marks.ts";
import { addressOfFile, fileOf, lastReservedFile } from "./disk_store.ts";
import { parseOwner } from "./reservation_text.ts";
import type { Owner, Reservation, Reservations } from "./reservations.ts";

/** Of which network a copy is made. */
export interface CopyOptions {
  /** The folder of all networks, as configured. */
  readonly dataDir: string;
  /** The network's name, already checked. */
  readonly network: string;
}

/**
 * A copy of a network's reservations, for what is only tried: what changes is
 * the copy, and the disk stays as it is, down to the lock and the index. So the
 * lock is not taken, and the copy may miss what happens meanwhile.
 *
 * @throws {CniError} Code 7 if the folder may not be used, code 5 if it cannot
 * be read.
 */
export function copyReservations(options: CopyOptions): Reservations {
  const key = "ipam.dataDir";
  const dataDir = confinePath(options.dataDir, { key });
  const folder = `${dataDir}/${options.network}`;
  const aside = { dataDir, names: [".cni", options.network] };
  const dir = openStateDir(folder, { key, tempPath: asidePath(aside) });
  const owners = new Map<string, Omit<Reservation, "address">>();
  for (const [file, text] of dir?.readAll(isOfAddress) ?? []) {
    owners.set(file, parseOwner(text));
  }
  const all = () =>
    [...owners].map(([file, owner]): Reservation => ({
      address: addressOfFile(file)!,
      ...owner,
    }));
  return {
    place: folder,
    all,
    ofContainer: (containerId) =>
      all().filter((one) => one.containerId === containerId),
    isTaken: (address) => isTaken(address),
    reserve: (address: Address, owner: Owner) => {
      if (isTaken(address)) return false;
      owners.set(fileOf(address), owner);
      return true;
    },
    release: (address) => void owners.delete(fileOf(address)),
    lastReserved: (index) => lastAddress(dir?.read(lastReservedFile(index))),
    setLastReserved: () => {},
    mark: () => {},
    markUnknown: () => {},
    madeBefore: (boot: Boot, isWanted) => {
      const names = [...aside.names, "boots"];
      const marks = new BootMarks({
        reservations: folder,
        marks: { dataDir, names },
      });
      const stale = new Set(marks.madeBefore(boot, isOfAddress));
      return all().filter(({ address }) =>
        stale.has(fileOf(address)) && isWanted(address)
      );
    },
  };

  function isTaken(address: Address): boolean {
    return owners.has(fileOf(address));
  }
}

function isOfAddress(file: string): boolean {
  return addressOfFile(file) !== undefined;
}

function lastAddress(text: string | undefined): Address | undefined {
  try {
    return text === undefined ? undefined : parseAddress(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
