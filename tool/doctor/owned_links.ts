import { parseLinkAlias, type Run, sha512Hex } from "../../lib/linux/mod.ts";
import type { Shown } from "../inventory.ts";
import type { Owned } from "./owned.ts";
import { jsonOf } from "./programs.ts";

/** A link as `ip -j link` shows it. */
export interface ShownLink {
  readonly ifname?: string;
  readonly master?: string;
  readonly ifalias?: string;
}

/**
 * The links by which bandwidth limits what containers send. Those of the
 * reference tell their owner by a sum of its names alone.
 */
export async function shapingLinks(
  attachments: readonly Shown[],
  run: Run,
): Promise<readonly Owned[]> {
  const args = ["-j", "link", "show", "type", "ifb"];
  const links = (await jsonOf<readonly ShownLink[]>(run, "ip", args) ?? [])
    .filter(({ ifname }) => /^bwp[0-9a-f]{12}$/.test(ifname ?? ""));
  if (links.length === 0) return [];
  const names = await Promise.all(
    attachments.filter((one) => one.isThere).map(async (one) =>
      `bwp${await sha512Hex(one.network + one.containerId)}`.slice(0, 15)
    ),
  );
  const living = new Set(names);
  return links.flatMap(({ ifname = "", ifalias = "" }): readonly Owned[] => {
    if (living.has(ifname)) return [];
    const owner = parseLinkAlias(ifalias);
    const what = `link ${ifname}`;
    return owner === undefined
      ? [{
        what: `${what}, a limit of bandwidth,`,
        containerId: "",
        remedy: `ip link del ${ifname}`,
      }]
      : [{ what, network: owner.network, containerId: owner.containerId }];
  });
}
