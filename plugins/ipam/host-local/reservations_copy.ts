import { confinePath, openStateDir } from "../../../lib/state/mod.ts";
import { asidePath } from "./aside.ts";
import type { Boots } from "./boot.ts";
import { BootMarks } from "./boot_marks.ts";
import {
  addressOfFile,
  asideNames,
  lastReservedFile,
  networkFolder,
} from "./disk_store.ts";
import { MemoryReservations } from "./memory_reservations.ts";
import { addressOrUndefined } from "./reservation_name.ts";
import { parseOwner } from "./reservation_text.ts";
import type { Reservations } from "./reservations.ts";

/** Of which network a copy is made. */
export interface CopyOptions {
  /** The folder of all networks, as configured. */
  readonly dataDir: string;
  /** The network's name, already checked. */
  readonly network: string;
  /** How many range sets there are; default: none. */
  readonly setCount?: number;
  /** The present boots, if what is left from before is to be known. */
  readonly present?: Boots | undefined;
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
  const { network, setCount = 0, present } = options;
  const key = "ipam.dataDir";
  const dataDir = confinePath(options.dataDir, { key });
  const folder = networkFolder(dataDir, network);
  const names = asideNames(network);
  const tempPath = asidePath({ dataDir, names });
  const dir = openStateDir(folder, { key, tempPath });
  const copy = new MemoryReservations(folder);
  for (const [file, text] of dir?.readAll(isOfAddress) ?? []) {
    copy.keep({ address: addressOfFile(file)!, ...parseOwner(text) });
  }
  for (let index = 0; index < setCount; index++) {
    const last = addressOrUndefined(dir?.read(lastReservedFile(index)) ?? "");
    if (last !== undefined) copy.setLastReserved(index, last);
  }
  if (present !== undefined) {
    const marks = { dataDir, names: [...names, "boots"] };
    const made = new BootMarks({ reservations: folder, marks })
      .madeBefore(present, isOfAddress);
    copy.mark(made.map((file) => addressOfFile(file)!), ["an ended one"]);
  }
  return copy;
}

function isOfAddress(file: string): boolean {
  return addressOfFile(file) !== undefined;
}
