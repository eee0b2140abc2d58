import type { Run } from "../../lib/linux/mod.ts";
import type { Inventory, Shown } from "../inventory.ts";
import type { Diagnosis } from "./diagnosis.ts";
import type { Owned } from "./owned.ts";
import { shapingLinks, type ShownLink } from "./owned_links.ts";
import { ownedNotes } from "./owned_notes.ts";
import { ownedRules } from "./owned_rules.ts";
import { jsonOf } from "./programs.ts";

/** A leftover, and the network of which GC removes it. */
interface Leftover extends Diagnosis {
  readonly network: string;
  /** The sort of it, of several. */
  readonly plural: string;
}

/**
 * Finds what is left of attachments that are gone: entries of the cache,
 * reservations, rules, links, notes; and bridges without ports. Those of one network
 * are one diagnosis, as one GC removes them; many, as after a restart of the
 * machine, are reported by their number.
 */
export async function findLeftovers(
  { attachments, leaked }: Inventory,
  { run, notesDir }: {
    readonly run: Run;
    readonly notesDir?: string | undefined;
  },
): Promise<readonly Diagnosis[]> {
  const stale = attachments.filter((one) => !one.isThere).map((one) => ({
    ...warning(
      `${one.ifname} of container ${one.containerId} on ${one.network}: its ` +
        `namespace ${one.netns || "has no path and"} is gone`,
      undoOf(one),
    ),
    network: one.network,
    plural: "attachments whose namespace is gone",
  }));
  const addresses = leaked.map((held) => ({
    ...warning(
      `address ${held.address} of ${held.network} is reserved for ` +
        `${held.containerId || "an empty container id"}, which has no ` +
        "attachment",
      `cni tool gc ${held.network}, or, if no other runtime uses it: rm ` +
        held.file,
    ),
    network: held.network,
    plural: "addresses reserved for containers without an attachment",
  }));
  const isLiving = livingTest(attachments);
  const owned = [
    ...await ownedRules(run),
    ...await shapingLinks(attachments, run),
    ...ownedNotes(attachments, notesDir),
  ].filter((one) => !isLiving(one));
  const collectable = owned.flatMap((one): readonly Leftover[] =>
    one.remedy === undefined && one.network !== undefined
      ? [{
        ...notAttached(one, `cni tool gc ${one.network}`),
        network: one.network,
        plural:
          "rules, chains, links and notes of containers without an attachment",
      }]
      : []
  );
  const others = owned.flatMap((one) =>
    one.remedy === undefined ? [] : notAttached(one, one.remedy)
  );
  const bridges = (await emptyBridges(run)).map((name) =>
    warning(
      `bridge ${name} has no ports`,
      `if it is not used: ip link del ${name}`,
    )
  );
  const byNetwork = inSum([...stale, ...addresses, ...collectable]);
  return [...byNetwork, ...others, ...bridges];
}

/** Up to so many leftovers of a network are named. */
const MAX_NAMED = 8;

/** One diagnosis for each network, as one GC removes all that it has left. */
function inSum(leftovers: readonly Leftover[]): readonly Diagnosis[] {
  const networks = Map.groupBy(leftovers, ({ network }) => network);
  return [...networks].map(([network, all]) => {
    const [{ text, remedy = "" }, ...others] = all as [Leftover];
    if (others.length === 0) return warning(text, remedy);
    const found = all.length > MAX_NAMED
      ? [...Map.groupBy(all, ({ plural }) => plural)]
        .map(([plural, some]) => `${plural}: ${some.length}`)
      : all.map(({ text }) => text);
    const sum = `${network} has leftovers: ${found.join("; ")}`;
    return warning(sum, `cni tool gc ${network}`);
  });
}

function notAttached(
  { what, network, containerId }: Owned,
  remedy: string,
): Diagnosis {
  const on = network === undefined ? "" : ` on ${network}`;
  const whose = containerId === ""
    ? "is of no attachment that is known"
    : `is for container ${containerId}${on}, which is not attached`;
  return warning(`${what} ${whose}`, remedy);
}

/** Tests whether a container is attached, by an id that may be cut. */
function livingTest(
  attachments: readonly Shown[],
): (one: Owned) => boolean {
  const living = attachments.filter((one) => one.isThere);
  const known = new Set(living.flatMap(({ network, containerId }) => [
    `${network}/${containerId}`,
    `/${containerId}`,
  ]));
  return ({ network, containerId, isCut }) => {
    if (containerId === "") return false;
    if (known.has(`${network ?? ""}/${containerId}`)) return true;
    return isCut === true &&
      living.some((one) =>
        [undefined, one.network].includes(network) &&
        one.containerId.startsWith(containerId)
      );
  };
}

/** What removes an attachment, even if its network's configuration is gone. */
function undoOf({ network, containerId, netns, ifname }: Shown): string {
  // Ids of this kind are made of the namespace's path.
  return containerId.startsWith("cnitool-") && netns !== ""
    ? `cni tool del ${network} ${netns} --ifname ${ifname}`
    : `cni tool gc ${network}`;
}

async function emptyBridges(run: Run): Promise<readonly string[]> {
  const list = (...more: readonly string[]) =>
    jsonOf<readonly ShownLink[]>(run, "ip", ["-j", "link", "show", ...more]);
  const [bridges = [], all = []] = await Promise.all([
    list("type", "bridge"),
    list(),
  ]);
  const masters = new Set(all.map(({ master }) => master));
  return bridges.map(({ ifname }) => ifname ?? "").filter((name) =>
    name !== "" && !masters.has(name)
  );
}

function warning(text: string, remedy: string): Diagnosis {
  return { status: "warning", text, remedy };
}
