import type { Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError, toCniError } from "../../../lib/spec/mod.ts";
import { readHostFile } from "../../../lib/state/mod.ts";
import { parseHostLocalConfig } from "./config.ts";
import { openDiskStore, tryToWrite } from "./disk_store.ts";
import { assignRequested } from "./requested.ts";

/**
 * Finds out whether the plugin is set up and works: the configuration, and the
 * files (CNI 1.1.0, section 2, "STATUS"). A full range is not looked for: it
 * passes, and a runtime that takes the network for broken meanwhile would make
 * a Kubernetes node NotReady and evict the very pods that are well.
 *
 * @throws {CniError} Code 50 with reason and remedy; code 7 or 4 for the
 * configuration.
 */
export async function hostLocalStatus(
  { config, args }: Request,
): Promise<void> {
  const { dataDir, resolvConf, sets, requested } = parseHostLocalConfig(
    config,
    args,
  );
  assignRequested(sets, requested);
  const place = { dataDir, network: config.name };
  await orNotAvailable(async () => {
    if (resolvConf) readHostFile(resolvConf, { key: "ipam.resolvConf" });
    tryToWrite(place);
    await openDiskStore(place)?.withLock((reservations) => reservations.all());
  });
}

/** What the system refuses now would make an ADD fail. */
async function orNotAvailable(act: () => Promise<void>): Promise<void> {
  try {
    await act();
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
