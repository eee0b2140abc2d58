import { type Request, stringKey } from "../../../lib/plugin/mod.ts";
import type { AttachmentId, Fields } from "../../../lib/spec/mod.ts";
import {
  fitFileName,
  openStateDir,
  type StateDir,
} from "../../../lib/state/mod.ts";
import {
  formatSaved,
  type LinkAttributes,
  parseSaved,
} from "./link_attributes.ts";

/** Where the values from before are kept. */
export const DATA_DIR_KEY = stringKey({
  description: "Where the interface's values from before are kept, in a " +
    "folder of the build's",
  default: "/run/cni/tuning",
  holds: "path",
});

/**
 * Reads the folder of state: all that a DEL has to know.
 *
 * @throws {CniError} Code 7.
 */
export function parseDataDir(fields: Fields): string {
  return DATA_DIR_KEY.read(fields.json("dataDir"), "dataDir");
}

/** The name of an attachment's file. */
export function stateFileName(
  { containerId, ifname }: AttachmentId,
): string {
  const ending = `_${ifname}.json`;
  return fitFileName(containerId + ending, ending);
}

/**
 * The values that attachments had before, in `<dataDir>/<container id>_<ifname>
 * .json` as the reference keeps them. That does not tell the network, which a
 * GC has to know, so it stands in a note of the same name in
 * `<dataDir>/.cni`, which the reference does not look at.
 *
 * Every method throws a {@linkcode CniError} of code 5 for what the system
 * refuses.
 */
export class TuningState {
  readonly #dir: StateDir;
  readonly #notes: StateDir | undefined;

  /** Use {@linkcode openTuningState}. */
  constructor(dir: StateDir, notes: StateDir | undefined) {
    this.#dir = dir;
    this.#notes = notes;
  }

  /** An attachment's values; `undefined` if none were saved. */
  find(attachment: AttachmentId): SavedValues | undefined {
    const name = stateFileName(attachment);
    const text = this.#dir.read(name);
    if (text === undefined) return undefined;
    return { path: `${this.#dir.path}/${name}`, ...read(text) };
  }

  /**
   * Saves an attachment's values.
   *
   * @returns What makes everything as it was before.
   */
  save(
    attachment: AttachmentId,
    network: string,
    values: Partial<LinkAttributes>,
  ): () => void {
    const name = stateFileName(attachment);
    const before = this.#dir.read(name);
    // The note first: a crash in between leaves one that names no file. Without
    // waiting for the disk: lost, it means that a GC leaves the file alone.
    this.#notes?.overwrite(name, network, FILE_MODE);
    this.#dir.replace(name, formatSaved(values), FILE_MODE);
    return () => {
      if (before === undefined) this.remove(name);
      else this.#dir.replace(name, before, FILE_MODE);
    };
  }

  /** Forgets an attachment, by the name of its file. */
  remove(name: string): void {
    this.#dir.remove(name);
    this.#notes?.remove(name);
  }

  /** The path of an attachment's note; `undefined` if there is none. */
  notePathOf(attachment: AttachmentId): string | undefined {
    const name = stateFileName(attachment);
    const isThere = this.#notes?.has(name) ?? false;
    return isThere ? `${this.#notes?.path}/${name}` : undefined;
  }

  /** The names of the files that are known to be of a network. */
  namesOf(network: string): readonly string[] {
    return [...this.#notes?.readAll(isStateFile) ?? []]
      .filter(([, text]) => text === network).map(([name]) => name);
  }
}

/** What was saved for an attachment. */
export interface SavedValues {
  /** The file's path. */
  readonly path: string;
  /** The values; absent if the file holds none that can be read. */
  readonly values?: Partial<LinkAttributes>;
}

/**
 * Opens the folder of state.
 *
 * @returns `undefined` if the folder is missing and not made.
 * @throws {CniError} Code 7 if the folder may not be used, code 5 if it cannot
 * be.
 */
export function openTuningState(
  request: Request,
  options: { readonly create: true },
): TuningState;
/** As above, for a folder that may be missing. */
export function openTuningState(request: Request): TuningState | undefined;
export function openTuningState(
  { config: { fields } }: Request,
  { create = false }: { readonly create?: boolean } = {},
): TuningState | undefined {
  const path = parseDataDir(fields);
  const key = "dataDir";
  const tempPath = `${path}/.cni/.tmp`;
  if (create) {
    const options = { key, create, mode: DIR_MODE, tempPath };
    const dir = openStateDir(path, options);
    return new TuningState(dir, openStateDir(`${path}/.cni`, options));
  }
  const dir = openStateDir(path, { key, tempPath });
  if (dir === undefined) return undefined;
  return new TuningState(dir, openStateDir(`${path}/.cni`, { key, tempPath }));
}

const DIR_MODE = 0o700;
const FILE_MODE = 0o600;

function read(text: string): { readonly values?: Partial<LinkAttributes> } {
  try {
    return { values: parseSaved(text) };
  } catch {
    return {};
  }
}

function isStateFile(name: string): boolean {
  return name.endsWith(".json");
}
