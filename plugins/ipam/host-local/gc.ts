import type { Request } from "../../../lib/plugin/mod.ts";
import {
  checkContainerId,
  CniCode,
  CniError,
  type ValidAttachments,
  validAttachmentsOf,
} from "../../../lib/spec/mod.ts";
import { parseDataDir, parseReclaimAfterReboot } from "./config.ts";
import { openDiskStore } from "./disk_store.ts";
import type { ReadBoot } from "./read_boot.ts";
import { leftoversIn } from "./leftovers.ts";
import type { IsWanted, Reservation, Reservations } from "./reservations.ts";

/**
 * Frees the addresses of attachments that are not valid any more, and those
 * that were reserved before the machine's last start (CNI 1.1.0, section 2,
 * "GC"). Goes on after an error and throws all of them as one at the end.
 *
 * @throws {CniError} Code 7 for the configuration, code 5 for files.
 */
export async function collectReservations(
  { config }: Request,
  readBoot: ReadBoot,
): Promise<void> {
  const dataDir = parseDataDir(config.fields);
  const boot = parseReclaimAfterReboot(config.fields) ? readBoot() : undefined;
  // So that a note of a machine that was restored is rewritten in time.
  boot?.confirm();
  const valid = validAttachmentsOf(config);
  const store = openDiskStore({ dataDir, network: config.name });
  await store?.withLock((reservations) => {
    const isUnlisted: IsWanted = (one) =>
      valid !== undefined && !isValid(one, valid) && hasOwner(one);
    const unlisted = (valid === undefined ? [] : reservations.all(isUnlisted))
      .flatMap(({ address }) => reservations.at(address) ?? [])
      .filter(isUnlisted);
    const failures = releaseAll(reservations, unlisted);
    const leftovers = leftoversIn(reservations, { boot })
      .filter((one) => valid === undefined || !isValid(one, valid));
    failures.push(...releaseAll(reservations, leftovers));
    if (boot !== undefined) reservations.markUnknown(boot.ids);
    if (failures.length === 0) return;
    const message = `Cannot free all unused addresses of ${config.name}`;
    const details = [...new Set(failures.map(String))].join("; ");
    throw new CniError(CniCode.IoFailure, message, { details });
  });
}

function releaseAll(
  reservations: Reservations,
  unused: readonly Reservation[],
): unknown[] {
  const failures: unknown[] = [];
  for (const { address } of unused) {
    try {
      reservations.release(address);
    } catch (failure) {
      failures.push(failure);
    }
  }
  return failures;
}

/** Whether the reservation's text can be a container's, and no person's note. */
function hasOwner({ containerId }: Pick<Reservation, "containerId">): boolean {
  try {
    checkContainerId(containerId);
    return true;
  } catch {
    return false;
  }
}

/** Without an interface's name it may be of any of the container's. */
function isValid(
  { containerId, ifname }: Omit<Reservation, "address">,
  valid: ValidAttachments,
): boolean {
  return ifname === undefined
    ? valid.hasContainer(containerId)
    : valid.has({ containerId, ifname });
}
