import type { Command, Run } from "../linux/mod.ts";

/** A {@linkcode Run} that reads and does not change. */
export interface Recorder {
  /** Runs what only reads; what would change something succeeds by itself. */
  readonly run: Run;
  /** The commands that would have changed something, in order. */
  readonly changes: readonly Command[];
}

/**
 * Makes a {@linkcode Recorder}, for saying what firewall commands would do: a
 * transaction for `iptables-restore` or `nft -f -` is a change, all else reads.
 *
 * @param run Runs what reads.
 */
export function createRecorder(run: Run): Recorder {
  const changes: Command[] = [];
  return {
    changes,
    run: async (command) => {
      if (!isTransaction(command)) return await run(command);
      changes.push(command);
      return { status: 0, stdout: "", stderr: "" };
    },
  };
}

/**
 * A firewall transaction as a person would type it, a command for each line.
 *
 * @example Lines for iptables
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const stdin = "*nat\n-N CNI-1\nCOMMIT\n";
 * assertEquals(
 *   transactionText({ program: "ip6tables-restore", args: [], stdin }),
 *   ["ip6tables -t nat -N CNI-1"],
 * );
 * ```
 */
export function transactionText(
  { program, args, stdin = "" }: Command,
): readonly string[] {
  const lines = stdin.split("\n").filter((line) => line !== "");
  if (program === "nft") {
    return args.includes("-j")
      ? [`nft -j -f - <<< ${quote(stdin.trim())}`]
      : lines.map((line) => `nft ${quote(line)}`);
  }
  const table = lines.find((line) => line.startsWith("*"))?.slice(1) ?? "";
  const name = program.replace(/-restore$/, "");
  return lines.filter((line) => line.startsWith("-"))
    .map((line) => `${name} -t ${table} ${line}`);
}

function isTransaction({ program, args }: Command): boolean {
  return program.endsWith("tables-restore") ||
    (program === "nft" && args.includes("-f"));
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
