/** A firewall program's input, for several calls at once. */
export type JoinScripts = (scripts: readonly string[]) => string;

/**
 * Joins inputs of `iptables-restore`: lines of one table come into one
 * section, which is one transaction, in the order of the scripts.
 *
 * @example Two calls
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(
 *   joinIptables(["*nat\n-A A\nCOMMIT\n", "*nat\n-A B\nCOMMIT\n"]),
 *   "*nat\n-A A\n-A B\nCOMMIT\n",
 * );
 * ```
 */
export function joinIptables(scripts: readonly string[]): string {
  const tables = new Map<string, string[]>();
  for (const script of scripts) {
    let lines: string[] = [];
    for (const line of script.split("\n")) {
      if (line.startsWith("*")) {
        lines = tables.get(line) ?? [];
        tables.set(line, lines);
      } else if (line !== "" && line !== "COMMIT") {
        lines.push(line);
      }
    }
  }
  return [...tables].map(([table, lines]) =>
    [table, ...lines, "COMMIT", ""].join("\n")
  ).join("");
}

/** Joins inputs of `nft -f -`, in nft's own language or, all of them, in JSON. */
export function joinNft(scripts: readonly string[]): string {
  if (!scripts[0]?.startsWith("{")) return scripts.join("\n");
  const nftables = scripts.flatMap((script) => JSON.parse(script).nftables);
  return JSON.stringify({ nftables });
}
