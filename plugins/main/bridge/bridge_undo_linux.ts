import { type Cidr, formatCidr } from "../../../lib/net/mod.ts";
import {
  type Link,
  parseLinks,
  parseShown,
  type Run,
} from "../../../lib/linux/mod.ts";
import { acquireFileLock } from "../../../lib/state/file_lock.ts";
import type { BridgeAddressChange } from "./addressing.ts";

/** Where the locks of bridges are: gone after a reboot, as bridges are. */
const LOCK_FOLDER = "/run/cni";

/**
 * Says that an ADD is about to use a bridge. While anyone does, nobody removes
 * it; the lock is given back once the port is on the bridge.
 */
export function useBridge(name: string): Promise<Disposable> {
  return acquireFileLock(lockPath(name), "shared");
}

/** What a failed ADD has to know to leave the bridge as it found it. */
export interface BridgeBefore {
  readonly name: string;
  /** The bridge before the ADD; absent if there was none. */
  readonly bridge: Link | undefined;
  readonly change: BridgeAddressChange;
}

/**
 * Takes back what a failed ADD did to the bridge, unless another attachment
 * relies on it by now: a bridge with ports stays, and keeps the gateway's
 * address. Addresses that were removed by force are put back in any case.
 */
export async function undoBridge(
  { name, bridge, change }: BridgeBefore,
  run: Run,
): Promise<void> {
  using _lock = await acquireFileLock(lockPath(name), "exclusive");
  const isForced = change.remove.length > 0;
  const hasPorts = await bridgeHasPorts(name, run);
  if (hasPorts && !isForced) return;
  const lines = bridge === undefined && !hasPorts
    ? [`link del dev ${name}`]
    : restoreLines(name, change);
  if (lines.length === 0) return;
  const args = ["-force", "-batch", "-"];
  const stdin = lines.join("\n") + "\n";
  await run({ program: "ip", args, stdin });
}

async function bridgeHasPorts(name: string, run: Run): Promise<boolean> {
  const args = ["-j", "link", "show", "master", name];
  const { status, stdout } = await run({ program: "ip", args });
  return status === 0 && parseShown(stdout).flatMap(parseLinks).length > 0;
}

function restoreLines(
  name: string,
  { add, remove }: BridgeAddressChange,
): readonly string[] {
  const line = (verb: string, cidr: Cidr) =>
    `addr ${verb} ${formatCidr(cidr)} dev ${name}`;
  return [
    ...add.map((cidr) => line("del", cidr)),
    ...remove.map((cidr) => `${line("add", cidr)} ${broadcastOf(cidr)}`),
  ];
}

function broadcastOf({ address, prefixBits }: Cidr): string {
  return address.family === 4 && prefixBits <= 30 ? "broadcast +" : "";
}

function lockPath(name: string): string {
  return `${LOCK_FOLDER}/bridge-${name}.lock`;
}
