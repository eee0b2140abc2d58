import { fitFileName, openStateDir } from "../../lib/state/mod.ts";
import type { Shown } from "../inventory.ts";
import type { Owned } from "./owned.ts";

/** Where plugins keep their notes. */
const NOTES_DIR = "/run/cni";

/** The folders in there, and how their files end. */
const FOLDERS: Readonly<Record<string, string>> = {
  "bandwidth": "",
  "portmap": "",
  "tuning/.cni": ".json",
};

/**
 * The notes that plugins keep of attachments which are not there: their DEL was
 * another program's. Each holds the network's name.
 */
export function ownedNotes(
  attachments: readonly Shown[],
  notesDir = NOTES_DIR,
): readonly Owned[] {
  const living = attachments.filter((one) => one.isThere);
  return Object.entries(FOLDERS).flatMap(([name, ending]) => {
    const folder = `${notesDir}/${name}`;
    const known = new Set(
      living.map(({ containerId, ifname }) => {
        const rest = `_${ifname}${ending}`;
        return fitFileName(containerId + rest, ending && rest);
      }),
    );
    return notesIn(folder, (name) => !known.has(name) && name.endsWith(ending))
      .map(([name, network]): Owned => ({
        what: `note ${folder}/${name}`,
        network,
        containerId: name.slice(0, name.lastIndexOf("_")),
      }));
  });
}

/** What cannot be read is not told: others are named all the same. */
function notesIn(
  folder: string,
  isWanted: (name: string) => boolean,
): readonly (readonly [string, string])[] {
  try {
    return [...openStateDir(folder, { key: "notes" })?.readAll(isWanted) ?? []];
  } catch {
    return [];
  }
}
