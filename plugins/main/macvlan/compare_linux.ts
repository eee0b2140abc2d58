import type { Link } from "../../../lib/linux/mod.ts";
import { differs } from "../../shared/compare/mod.ts";
import type { Found } from "../../shared/mod.ts";
import type { MacvlanConfig } from "./config.ts";
import { requireMaster } from "./master_linux.ts";

/**
 * Compares mode and master with the configuration.
 *
 * @throws {CniError} Code 999, naming what differs; code 7 without the master.
 */
export async function compareMacvlan(
  { link, config, request: { netns }, run }: Found<MacvlanConfig>,
): Promise<void> {
  const master = await requireMaster(config, { netns, run });
  checkMode(link, config);
  checkMaster(link, master, config);
}

function checkMode({ name, mode }: Link, config: MacvlanConfig): void {
  if (mode === config.mode) return;
  const why = `its mode is ${mode ?? "unknown"}: expected ${config.mode}`;
  throw differs(`interface "${name}"`, why);
}

// Which link it is on by default may rightly have changed since.
function checkMaster(
  { name, lower, peerIndex }: Link,
  master: Link,
  config: MacvlanConfig,
): void {
  if (config.master === undefined) return;
  const isOn = config.linkInContainer
    ? lower === master.name
    : lower === undefined && peerIndex === master.index;
  if (!isOn) {
    throw differs(`interface "${name}"`, `it is not on "${master.name}"`);
  }
}
