import { type Call, demand, isDone, wait } from "./call.ts";

/** Addresses that are taken: a file for each, with its owner as content. */
export interface Reservations {
  /** Takes one of these addresses. */
  take(candidates: readonly string[]): Promise<string>;
  /** Gives back those of the call's attachment. */
  free(): void;
  /** Gives back those that belong to no one in a list of owners. */
  keep(owners: readonly string[]): void;
  /** Those of the call's attachment. */
  own(): readonly string[];
  /** All. */
  all(): readonly string[];
}

/** Opens the reservations of a network. */
export function openReservations(
  { config, containerId, ifname, is }: Call,
): Reservations {
  const folder = `/var/lib/cni/${config.name}`;
  Deno.mkdirSync(folder, { recursive: true });
  const owner = is("by-container") ? containerId : `${containerId} ${ifname}`;
  const all = () => [...Deno.readDirSync(folder)].map(({ name }) => name);
  // Another call may have given it back since it was listed.
  const ownerOf = (name: string) => {
    try {
      return Deno.readTextFileSync(`${folder}/${name}`);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "";
      throw error;
    }
  };
  const own = () => all().filter((name) => ownerOf(name) === owner);
  const free = (name: string) => Deno.removeSync(`${folder}/${name}`);
  const create = (name: string, createNew: boolean) =>
    isDone(() =>
      Deno.writeTextFileSync(`${folder}/${name}`, owner, { createNew })
    );
  return {
    all,
    own,
    free: () => (is("frees-all") ? all() : own()).forEach(free),
    keep: (owners) =>
      all().filter((name) => !owners.includes(ownerOf(name))).forEach(free),
    take: async (candidates) => {
      const isShared = is("one-address") || is("gives-taken");
      if (isShared) return candidates[0]!;
      if (is("no-lock")) {
        const taken = all();
        await wait();
        const found = candidates.find((one) => !taken.includes(one))!;
        create(found, false);
        return found;
      }
      const found = candidates.find((one) => create(one, true));
      if (found === undefined && is("endless")) return candidates[0]!;
      demand(found !== undefined, "no address is left");
      return found!;
    },
  };
}
