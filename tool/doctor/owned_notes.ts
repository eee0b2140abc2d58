import { fitFileName, openStateDir } from "../../lib/state/mod.ts";
import type { Shown } from "../inventory.ts";
import type { Owned } from "./owned.ts";

/** Where plugins note what they have done, and how these files end. */
const FOLDERS: Readonly<Record<string, string>> = {
  "/run/cni/bandwidth": "",
  "/run/cni/portmap": "",
  "/run/cni/tuning/.cni": ".json",
};

/**
 * The notes that plugins keep of attachments which are not there: their DEL was
 * another program's. Each holds the network's name.
 */
export function ownedNotes(
  attachments: readonly Shown[],
  folders: Readonly<Record<string, string>> = FOLDERS,
): readonly Owned[] {
  const living = attachments.filter((one) => one.isThere);
  return Object.entries(folders).flatMap(([folder, ending]) => {
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
