import type { Request } from "../../../lib/plugin/mod.ts";
import { isJsonObject, type Json } from "../../../lib/spec/mod.ts";
import {
  fitFileName,
  openStateDir,
  type StateDir,
} from "../../../lib/state/mod.ts";
import { parseDataDir } from "./config.ts";
import { platformFor } from "./platform.ts";

/** The configuration of a delegate, as an ADD has saved it. */
export interface SavedConfig {
  /** The file's path. */
  readonly path: string;
  /** Its text: what the delegate had on stdin. */
  readonly text: string;
  /** The network and the plugin; absent if the text is no configuration. */
  readonly delegate?: SavedDelegate;
}

/** What a saved configuration must tell. */
export interface SavedDelegate {
  readonly name: string;
  readonly type: string;
}

/**
 * What is kept of a container's attachment to a network, in
 * `<dataDir>/<container id>` as the reference keeps it. That name has room for
 * one network; a container that is attached to a second one by flannel gets a
 * further file, `<container id>@<network>`.
 *
 * All methods throw a {@linkcode CniError} of code 5 for what the system
 * refuses.
 */
export interface DelegateState {
  /**
   * Saves a configuration; it is there as a whole or not at all.
   *
   * @returns What makes everything as it was before.
   */
  save(text: string): () => void;
  /**
   * What was saved for this network, or else for the container, in which case
   * the network may be another: the reference knows one network only.
   */
  find(): SavedConfig | undefined;
  /** Removes what {@linkcode DelegateState.find} finds. */
  remove(): void;
}

/**
 * Opens the state of a request's attachment.
 *
 * @returns `undefined` if the folder is missing and not made.
 * @throws {CniError} Code 7 if the folder may not be used, code 5 if it cannot
 * be.
 */
export function openDelegateState(
  request: Request,
  options: { readonly create: true },
): DelegateState;
/** As above, for a folder that may be missing. */
export function openDelegateState(request: Request): DelegateState | undefined;
export function openDelegateState(
  request: Request,
  { create = false }: { readonly create?: boolean } = {},
): DelegateState | undefined {
  const dir = openDataDir(request, { create });
  if (dir === undefined) return undefined;
  const container = platformFor(Deno.build.os).stateName(request);
  return new DelegateFiles(dir, container, request.config.name);
}

/** Opens the folder of all containers' state; `undefined` if it is missing. */
export function openDataDir(
  { config }: Request,
  { create = false }: { readonly create?: boolean } = {},
): StateDir | undefined {
  const { path, key } = parseDataDir(config.fields);
  return create
    ? openStateDir(path, { key, create, mode: 0o700 })
    : openStateDir(path, { key });
}

/** A file of the folder of state, by whose it is. */
export interface StateFile {
  readonly name: string;
  /** Absent if the id was too long for a name, of which a sum stands there. */
  readonly containerId?: string;
}

/** The names that the state of a container's attachment may have. */
export function stateNames(
  containerId: string,
  network: string,
): readonly [shared: string, own: string] {
  const shared = fitFileName(containerId);
  return [shared, fitFileName(`${shared}@${network}`)];
}

/** Reads the name of a file of state; `undefined` if it is something else. */
export function parseStateFile(name: string): StateFile | undefined {
  const match =
    /^([A-Za-z0-9][\w.-]*)(~[0-9a-f]{16})?(@[\w.-]*)?(~[0-9a-f]{16})?$/
      .exec(name);
  if (match === null) return undefined;
  const [, containerId, ...cut] = match;
  const isCut = cut.some((part) => part?.startsWith("~"));
  return isCut || containerId === undefined ? { name } : { name, containerId };
}

/** Reads what a saved configuration must tell, as far as it is one. */
export function parseSaved(text: string): SavedDelegate | undefined {
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isJsonObject(value)) return undefined;
  const { name, type } = value;
  const isWhole = typeof name === "string" && typeof type === "string" &&
    type !== "";
  return isWhole ? { name, type } : undefined;
}

class DelegateFiles implements DelegateState {
  readonly #dir: StateDir;
  readonly #shared: string;
  readonly #own: string;
  readonly #network: string;

  constructor(dir: StateDir, container: string, network: string) {
    this.#dir = dir;
    this.#shared = container;
    this.#own = fitFileName(`${container}@${network}`);
    this.#network = network;
  }

  save(text: string): () => void {
    const dir = this.#dir;
    if (dir.createExclusive(this.#shared, text, FILE_MODE)) {
      return () => void dir.remove(this.#shared);
    }
    const name = this.#isOthers() ? this.#own : this.#shared;
    const before = dir.read(name);
    if (before === text) return () => {};
    dir.replace(name, text, FILE_MODE);
    return before === undefined
      ? () => void dir.remove(name)
      : () => dir.replace(name, before, FILE_MODE);
  }

  find(): SavedConfig | undefined {
    return this.#read(this.#own) ?? this.#read(this.#shared);
  }

  remove(): void {
    const hadOwn = this.#dir.remove(this.#own);
    if (hadOwn && this.#isOthers()) return;
    this.#dir.remove(this.#shared);
  }

  /** Whether the container's file is known to be of another network. */
  #isOthers(): boolean {
    const network = this.#read(this.#shared)?.delegate?.name;
    return network !== undefined && network !== this.#network;
  }

  #read(name: string): SavedConfig | undefined {
    const text = this.#dir.read(name);
    if (text === undefined) return undefined;
    const delegate = parseSaved(text);
    const path = `${this.#dir.path}/${name}`;
    return { path, text, ...(delegate === undefined ? {} : { delegate }) };
  }
}

const FILE_MODE = 0o600;
