import type { Run } from "../../lib/linux/mod.ts";
import { linesOf } from "./programs.ts";

/**
 * The programs for a family that together show all rules there are: nftables
 * and the older tables know nothing of each other. Those of the latter are not
 * asked unless there are such tables, since asking makes them.
 *
 * @param program `iptables` or `ip6tables`.
 * @returns That one first, then `iptables-legacy` or the like beside it.
 */
export async function iptablesVariants(
  program: string,
  run: Run,
): Promise<readonly string[]> {
  const [version = ""] = await linesOf(run, program, ["--version"]);
  if (version.includes("nf_tables")) {
    const prefix = program === "iptables" ? "ip" : "ip6";
    const names = `/proc/net/${prefix}_tables_names`;
    const tables = await linesOf(run, "cat", [names]);
    return tables.length === 0 ? [program] : [program, `${program}-legacy`];
  }
  return version.includes("legacy") ? [program, `${program}-nft`] : [program];
}
