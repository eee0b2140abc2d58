import { type Address, formatAddress } from "../../../lib/net/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import {
  confinePath,
  fitFileName,
  openStateDir,
  type StateDir,
} from "../../../lib/state/mod.ts";
import { type Aside, asidePath } from "./aside.ts";
import type { Boots } from "./boot.ts";
import { BootMarks } from "./boot_marks.ts";
import { OwnerIndex } from "./owner_index.ts";
import {
  addressOfReservation,
  addressOrUndefined,
  reservationName,
} from "./reservation_name.ts";
import { formatOwner, parseOwner } from "./reservation_text.ts";
import type {
  IsWanted,
  Owner,
  Reservation,
  Reservations,
} from "./reservations.ts";

/** The reservations of one network, behind the lock that guards them. */
export interface Store {
  /**
   * Runs `critical` alone: no other host-local, be it ours or the reference,
   * reads or writes this network's reservations meanwhile. It must be done
   * when it returns, so no promise. Calls of this process take turns.
   */
  withLock<T>(critical: (reservations: Reservations) => T): Promise<T>;
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
  const dir = openNetwork(options);
  if (dir === undefined) return undefined;
  const dataDir = parentOf(dir.path);
  const aside = { dataDir, names: asideNames(options.network) };
  return {
    withLock: (critical) =>
      dir.withLock("lock", () => critical(new DiskReservations(dir, aside))),
  };
}

function openNetwork(
  { dataDir, network, create = false }: DiskStoreOptions,
): StateDir | undefined {
  const key = "ipam.dataDir";
  try {
    const tempPath = asidePath({ dataDir, names: asideNames(network) });
    const path = networkFolder(dataDir, network);
    return openStateDir(path, { key, create, tempPath });
  } catch (error) {
    // Rather a refusal that names the folder that was configured.
    confinePath(dataDir, { key });
    throw error;
  }
}

/** The folder of a network's reservations. */
export function networkFolder(dataDir: string, network: string): string {
  return `${dataDir}/${fitFileName(network)}`;
}

/** Where what belongs to a network stands besides, below the data folder. */
export function asideNames(network: string): readonly string[] {
  return [".cni", fitFileName(network)];
}

/**
 * Writes and removes a file where {@linkcode openDiskStore} would, or as near
 * as there are folders: none is made.
 *
 * @throws {CniError} Code 7 if the folder may not be used, code 5 if nothing
 * can be written.
 */
export function tryToWrite({ dataDir, network }: DiskStoreOptions): void {
  const key = "ipam.dataDir";
  const root = confinePath(dataDir, { key });
  const folders = [`${root}/${asideNames(network).join("/")}`, `${root}/.cni`];
  for (let above = root; above !== ""; above = parentOf(above)) {
    folders.push(above);
  }
  // A folder that the program may not write to needs to be there already.
  const folder = folders.find((path) => isFolder(path));
  if (folder === undefined) return;
  const path = `${folder}/.cni-status.${Deno.pid}`;
  try {
    Deno.writeTextFileSync(path, "x", { createNew: true, mode: FILE_MODE });
    Deno.removeSync(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CniError(CniCode.IoFailure, `Cannot write in ${folder}`, {
      details: `${key} leads there, and the system says: ${reason}`,
      cause,
    });
  }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

class DiskReservations implements Reservations {
  readonly #dir: StateDir;
  readonly #marks: BootMarks;
  readonly #index: OwnerIndex;
  /** The names of all files, once it pays to know them. */
  #names: Set<string> | undefined;
  #listed: readonly string[] | undefined;
  #probes = 0;

  constructor(dir: StateDir, aside: Aside) {
    const reservations = dir.path;
    const below = (name: string) => ({
      ...aside,
      names: [...aside.names, name],
    });
    this.#dir = dir;
    this.#marks = new BootMarks({ reservations, marks: below("boots") });
    this.#index = new OwnerIndex({ reservations, index: below("index") });
  }

  get place(): string {
    return this.#dir.path;
  }

  ofContainer(containerId: string): readonly Reservation[] {
    const isOwn = (entry: Entry) => entry.containerId === containerId;
    const indexed = this.#index.filesOf(containerId)
      ?.map((file) => toEntry(file, this.#textOf(file)));
    // The text counts: a person may have rewritten it in place.
    if (indexed?.every(isOwn)) return indexed.flatMap(toReservation);
    const entries = this.#scan();
    this.#index.rebuild(entries);
    this.#marks.forgetComplete();
    return entries.filter(isOwn).flatMap(toReservation);
  }

  all(isWanted: IsWanted = () => true): readonly Reservation[] {
    const known = this.#index.all();
    // The index is left to calls that will need it.
    if (known === undefined) return reservationsIn(this.#scan(), isWanted);
    const entries = this.#files().flatMap((file) => {
      const owner = known.get(file);
      if (owner !== undefined) return owner;
      const text = this.#textOf(file);
      return text === undefined ? [] : toEntry(file, text);
    });
    return reservationsIn(entries, isWanted);
  }

  at(address: Address): Reservation | undefined {
    const file = fileOf(address);
    const text = this.#textOf(file);
    return text === undefined ? undefined : { address, ...parseOwner(text) };
  }

  isTaken(address: Address): boolean {
    const file = fileOf(address);
    // A folder that has many in a row is read at once instead of one by one.
    if (this.#names === undefined && this.#probes++ >= MAX_PROBES) {
      this.#names = new Set(this.#dir.names());
    }
    return this.#names?.has(file) ?? this.#dir.has(file);
  }

  reserve(address: Address, owner: Owner): boolean {
    const file = fileOf(address);
    const text = formatOwner(owner);
    this.#listed = undefined;
    this.#index.beforeChange();
    const isMade = this.#dir.createExclusive(file, text, FILE_MODE);
    this.#names?.add(file);
    if (isMade) this.#index.added({ file, ...owner });
    return isMade;
  }

  release(address: Address): void {
    const file = fileOf(address);
    const text = this.#textOf(file);
    this.#listed = undefined;
    this.#marks.unmark(file);
    this.#index.beforeChange();
    if (!this.#dir.remove(file)) return;
    this.#names?.delete(file);
    this.#index.removed(toEntry(file, text));
  }

  lastReserved(setIndex: number): Address | undefined {
    const text = this.#dir.read(lastReservedFile(setIndex));
    return text === undefined ? undefined : addressOrUndefined(text);
  }

  setLastReserved(setIndex: number, address: Address): void {
    const file = lastReservedFile(setIndex);
    const isNew = !this.#dir.has(file);
    if (isNew) this.#index.beforeChange();
    this.#dir.overwrite(file, formatAddress(address), FILE_MODE);
    if (isNew) this.#index.changedOtherwise();
  }

  mark(addresses: readonly Address[], present: Boots): void {
    const isFirst = this.#marks.mark(addresses.map(fileOf), present);
    // The rest is recorded by a GC or a full range, which take their time.
    if (!isFirst) return;
    this.#marks.markUnknown(this.#files(), present, MAX_FIRST_MARKS);
  }

  markUnknown(present: Boots): void {
    const [boot] = present;
    if (this.#index.isBelieved && this.#marks.isComplete(boot)) return;
    this.#marks.markUnknown(this.#files(), present);
    if (this.#index.isBelieved) this.#marks.noteComplete(boot);
  }

  madeBefore(
    present: Boots,
    isWanted: (address: Address) => boolean,
  ): readonly Reservation[] {
    const files = this.#marks.madeBefore(present, (file) => {
      const address = addressOfFile(file);
      return address !== undefined && isWanted(address);
    });
    return files.map((file) => toEntry(file, this.#textOf(file)))
      .flatMap(toReservation);
  }

  /** The files that reserve something; listed again after a change of ours. */
  #files(): readonly string[] {
    return this.#listed ??= this.#dir.names().filter(looksLikeAddress);
  }

  #textOf(file: string): string | undefined {
    try {
      return this.#dir.read(file);
    } catch {
      return undefined; // Not a file, so it has no owner.
    }
  }

  #scan(): readonly Entry[] {
    return [...this.#dir.readAll(looksLikeAddress)]
      .map(([file, text]) => toEntry(file, text));
  }
}

/** A reservation by the name of its file. */
type Entry = Readonly<{ file: string } & ReturnType<typeof parseOwner>>;

function toEntry(file: string, text = ""): Entry {
  return { file, ...parseOwner(text) };
}

function reservationsIn(
  entries: readonly Entry[],
  isWanted: IsWanted,
): readonly Reservation[] {
  return entries.filter(isWanted).flatMap(toReservation);
}

function toReservation({ file, ...owner }: Entry): readonly Reservation[] {
  const address = addressOfFile(file);
  return address === undefined ? [] : [{ address, ...owner }];
}

/** Up to here it is cheaper to look for single files. */
const MAX_PROBES = 50;

/** So many links take about 20 ms. */
const MAX_FIRST_MARKS = 1000;

const FILE_MODE = 0o600;

/** The name of the file that tells which address a set handed out last. */
export function lastReservedFile(setIndex: number): string {
  return `last_reserved_ip.${setIndex}`;
}

/** The name of the file that reserves an address. */
export function fileOf(address: Address): string {
  return reservationName(address, Deno.build.os);
}

/** The address that a file reserves; only its canonical text reserves it. */
export function addressOfFile(name: string): Address | undefined {
  return addressOfReservation(name, Deno.build.os);
}

function looksLikeAddress(name: string): boolean {
  return /^[0-9a-f:._]+$/.test(name);
}
