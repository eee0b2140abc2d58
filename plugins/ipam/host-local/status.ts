import type { Address } from "../../../lib/net/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError, toCniError } from "../../../lib/spec/mod.ts";
import { readHostFile } from "../../../lib/state/mod.ts";
import { isGateway } from "./allocate.ts";
import { parseHostLocalConfig } from "./config.ts";
import { openDiskStore, tryToWrite } from "./disk_store.ts";
import {
  addressesAfter,
  formatRangeSet,
  rangeFor,
  type RangeSet,
} from "./range_set.ts";
import type { ReadBoot } from "./read_boot.ts";
import { leftoversIn } from "./leftovers.ts";
import { assignRequested } from "./requested.ts";
import type { Reservations } from "./reservations.ts";

/**
 * Finds out whether an ADD could be served: the configuration, the files, and
 * an address in each range set (CNI 1.1.0, section 2, "STATUS").
 *
 * @throws {CniError} Code 50 with reason and remedy; code 7 or 4 for the
 * configuration.
 */
export function hostLocalStatus(
  { config, args }: Request,
  readBoot: ReadBoot,
): void {
  const parsed = parseHostLocalConfig(config, args);
  const { dataDir, resolvConf, sets } = parsed;
  assignRequested(sets, parsed.requested);
  const place = { dataDir, network: config.name };
  const store = orNotAvailable(() => {
    if (resolvConf) readHostFile(resolvConf, { key: "ipam.resolvConf" });
    tryToWrite(place);
    return openDiskStore(place);
  });
  orNotAvailable(() =>
    store?.withLock((reservations) => {
      for (const set of sets) {
        if (hasFree(reservations, set, sets)) continue;
        const boot = parsed.reclaimAfterReboot
          ? readBoot({ leavesNote: false })
          : undefined;
        const isWanted = (address: Address) =>
          rangeFor(set, address) !== undefined;
        const leftovers = leftoversIn(reservations, { boot, isWanted });
        if (leftovers.length === 0) throw exhausted(set, reservations.place);
      }
    })
  );
}

function hasFree(
  reservations: Reservations,
  set: RangeSet,
  sets: readonly RangeSet[],
): boolean {
  for (const [address] of addressesAfter(set, undefined)) {
    if (isGateway(sets, address)) continue;
    if (!reservations.isTaken(address)) return true;
  }
  return false;
}

function exhausted(set: RangeSet, place: string): CniError {
  return notAvailable(
    `no address of ${set.key} (${formatRangeSet(set)}) is free, as the files ` +
      `in ${place} tell: make the range larger, or have the runtime run a GC`,
  );
}

/** What the system refuses now would make an ADD fail. */
function orNotAvailable<T>(act: () => T): T {
  try {
    return act();
  } catch (thrown) {
    const error = toCniError(thrown);
    if (error.code !== CniCode.IoFailure) throw error;
    throw notAvailable(`${error.message}: ${error.details}`, error);
  }
}

function notAvailable(details: string, cause?: unknown): CniError {
  const message = "The host-local plugin is not available";
  return new CniError(CniCode.NotAvailable, message, { details, cause });
}
