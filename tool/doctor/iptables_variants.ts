import type { Run } from "../../lib/linux/mod.ts";
import { linesOf } from "./programs.ts";

/** A program that shows rules of iptables, and which rules it shows. */
export interface IptablesVariant {
  /** The program: `iptables`, or `iptables-legacy` beside one that is not. */
  readonly program: string;
  /** Whether plugins use it. */
  readonly isInUse: boolean;
}

/**
 * The programs for a family that together show all rules there are: nftables
 * and the older tables know nothing of each other. Those of the latter are not
 * asked unless there are such tables, since asking makes them.
 *
 * @param program `iptables` or `ip6tables`.
 */
export async function iptablesVariants(
  program: string,
  run: Run,
): Promise<readonly IptablesVariant[]> {
  const own = { program, isInUse: true };
  const [version = ""] = await linesOf(run, program, ["--version"]);
  if (version.includes("nf_tables")) {
    const prefix = program === "iptables" ? "ip" : "ip6";
    const names = `/proc/net/${prefix}_tables_names`;
    const tables = await linesOf(run, "cat", [names]);
    const other = { program: `${program}-legacy`, isInUse: false };
    return tables.length === 0 ? [own] : [own, other];
  }
  if (!version.includes("legacy")) return [own];
  return [own, { program: `${program}-nft`, isInUse: false }];
}
