import { isJsonObject, type Json } from "../../lib/spec/mod.ts";
import type { Profile, StageNames } from "../suite/mod.ts";

/** The interface in the container, where a profile names none. */
const IFNAME = "eth0";

/** What a stage's texts may hold in braces. */
export interface Placeholders extends StageNames {
  readonly scratch: string;
  readonly ifname: string;
}

/**
 * The names of a stage.
 *
 * @param id Eight letters or digits that no other stage has.
 */
export function placeholdersFor(
  id: string,
  scratchDir: string,
  profile: Pick<Profile, "ifname"> | undefined,
): Placeholders {
  return {
    network: `conformance-${id}`,
    bridge: `cb${id}`,
    device: `cd${id}`,
    dataDir: `/var/lib/cni/conformance-${id}`,
    scratch: scratchDir,
    ifname: profile?.ifname ?? IFNAME,
  };
}

/** Puts a stage's names for `{network}` and the like, all through a value. */
export function expand<T extends Json | undefined>(
  value: T,
  names: Placeholders,
): T;
export function expand(
  value: Json | undefined,
  names: Placeholders,
): Json | undefined {
  if (typeof value === "string") {
    return value.replace(
      /\{(network|bridge|device|dataDir|scratch|ifname)\}/g,
      (_, name: keyof Placeholders) => names[name],
    );
  }
  if (Array.isArray(value)) return value.map((item) => expand(item, names));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, expand(item, names)]),
  );
}
