import type { Request } from "../../../lib/plugin/mod.ts";
import { CniError, type ValidAttachments } from "../../../lib/spec/mod.ts";
import { fitFileName, openStateDir } from "../../../lib/state/mod.ts";

const FOLDER = "/run/cni";
const KEY = "the folder of notes";

/**
 * Notes that a plugin has done something for an attachment, in
 * `/run/cni/PLUGIN`: a DEL whose configuration tells of nothing knows by them
 * whether there is anything to look for, without starting a program. Each holds
 * the network's name, which tells a GC whose it is.
 */
export class AttachmentNotes {
  readonly #folder: string;

  /** The notes of a plugin, by its name, in a folder below `above`. */
  constructor(plugin: string, above = FOLDER) {
    this.#folder = `${above}/${plugin}`;
  }

  /** The path of an attachment's note. */
  pathOf(request: Request): string {
    return `${this.#folder}/${nameOf(request)}`;
  }

  /**
   * Makes a note, in place of one that was left when another program did the
   * DEL, which may tell another network. Needs `--allow-write=/run/cni`.
   *
   * @returns What takes it back.
   * @throws {CniError} Code 5 if it cannot be made.
   */
  make(request: Request): () => void {
    const dir = openStateDir(this.#folder, {
      ...{ key: KEY, create: true, mode: 0o700 },
    });
    const name = nameOf(request);
    const before = dir.read(name);
    if (before === request.config.name) return () => {};
    dir.overwrite(name, request.config.name, 0o600);
    if (before === undefined) return () => void dir.remove(name);
    return () => dir.overwrite(name, before, 0o600);
  }

  /** Whether there is a note, or that cannot be told. */
  has(request: Request): boolean {
    try {
      return this.#open()?.has(nameOf(request)) ?? false;
    } catch (error) {
      if (error instanceof CniError) return true;
      throw error;
    }
  }

  /**
   * Removes an attachment's note, if there is one.
   *
   * @throws {CniError} Code 5 if it cannot be removed.
   */
  remove(request: Request): void {
    this.#open()?.remove(nameOf(request));
  }

  /**
   * Removes the notes of a network's attachments that are not valid.
   *
   * @throws {CniError} Code 5 if they cannot be removed.
   */
  collect(network: string, valid: ValidAttachments): void {
    const dir = this.#open();
    const kept = new Set(valid.list.map(nameOf));
    for (const [name, text] of dir?.readAll((name) => !kept.has(name)) ?? []) {
      if (text === network) dir?.remove(name);
    }
  }

  #open() {
    return openStateDir(this.#folder, { key: KEY });
  }
}

function nameOf(
  { containerId, ifname }: Pick<Request, "containerId" | "ifname">,
): string {
  return fitFileName(`${containerId}_${ifname}`);
}
