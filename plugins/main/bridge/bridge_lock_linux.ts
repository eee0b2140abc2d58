import { acquireFileLock } from "../../../lib/state/mod.ts";

/** Where the locks of bridges are: gone after a reboot, as bridges are. */
const LOCK_FOLDER = "/run/cni";

/**
 * Locks a bridge. An ADD holds it shared from before it looks at the bridge
 * until its port is on it; who takes the bridge away holds it alone.
 */
export function lockBridge(
  name: string,
  mode: "shared" | "exclusive",
): Promise<Disposable> {
  return acquireFileLock(`${LOCK_FOLDER}/bridge-${name}.lock`, mode);
}
