import type { Link, Run } from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { requireFreeName, settled } from "../../shared/mod.ts";
import type { MacvlanConfig } from "./config.ts";
import { requireMaster } from "./master_linux.ts";

/**
 * Reads what an ADD has to know of host and container, and refuses what cannot
 * be done whatever the addresses will be.
 *
 * @returns The master.
 * @throws {CniError} Code 7 if the master will not do, code 8 if there is no
 * sandbox or it is the plugin's own namespace, code 999 if the interface's name
 * is taken in it.
 */
export async function readFacts(
  request: Request,
  config: MacvlanConfig,
  run: Run,
): Promise<Link> {
  const isFree = () => requireFreeName(request, "macvlan", run);
  const findMaster = () => requireMaster(config, { ...request, run });
  if (config.linkInContainer) {
    // Before a look into a namespace that may be none.
    await isFree();
    return await findMaster();
  }
  const [master] = await settled(findMaster(), isFree());
  return master;
}
