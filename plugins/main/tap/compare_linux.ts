import { readLink } from "../../../lib/linux/mod.ts";
import { differs } from "../../shared/compare/mod.ts";
import type { Found } from "../../shared/mod.ts";
import type { TapConfig } from "./config.ts";

/**
 * Compares the device's bridge with the configuration's.
 *
 * @throws {CniError} Code 999 if it is another.
 */
export async function compareTap(
  { link, config: { bridge }, request: { netns }, run }: Found<TapConfig>,
): Promise<void> {
  if (bridge === undefined || link.master === bridge) return;
  // It may be an alternative name.
  const named = await readLink(bridge, { run, netns });
  if (named !== undefined && link.master === named.name) return;
  const found = link.master === undefined ? "none" : `"${link.master}"`;
  const why = `its bridge is ${found}: expected "${bridge}"`;
  throw differs(`interface "${link.name}"`, why);
}
