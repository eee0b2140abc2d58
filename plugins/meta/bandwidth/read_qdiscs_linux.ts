import {
  parseShown,
  reasonOf,
  type Run,
  wordLines,
} from "../../../lib/linux/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import {
  type Filter,
  parseFilters,
  parseQdiscs,
  type Qdisc,
} from "./qdiscs.ts";

/**
 * Reads the disciplines of the host's links, with one process.
 *
 * @returns Those of each link that is there, by its name.
 */
export async function readQdiscs(
  names: readonly string[],
  run: Run,
): Promise<ReadonlyMap<string, readonly Qdisc[]>> {
  const lines = names.map((name) => ["qdisc", "show", "dev", name]);
  const args = ["-j", "-d", "-r", "-force", "-batch", "-"];
  const stdin = wordLines(lines);
  const { stdout, stderr } = await run({ program: "tc", args, stdin });
  // What tc prints does not say of which link it is; of one that is gone there
  // is only the number of the line that asked for it.
  const failed = new Set(
    [...stderr.matchAll(/^Command failed -:(\d+)$/gm)]
      .map(([, line]) => Number(line) - 1),
  );
  const present = names.filter((_, index) => !failed.has(index));
  const shown = parseShown(stdout).map(parseQdiscs);
  if (shown.length === present.length) {
    return new Map(present.map((name, index) => [name, shown[index]!]));
  }
  throw new CniError(CniCode.Internal, "Cannot read the queueing disciplines", {
    details: reasonOf(stderr) || "tc has printed something else",
  });
}

/**
 * Reads the filters of a link of the host.
 *
 * @param parent The discipline that they are of: `ffff:` for what comes in.
 */
export async function readFilters(
  { name, parent }: { readonly name: string; readonly parent: string },
  run: Run,
): Promise<readonly Filter[]> {
  const args = ["-j", "filter", "show", "dev", name, "parent", parent];
  const { status, stdout, stderr } = await run({ program: "tc", args });
  if (status !== 0 && !GONE.test(stderr)) {
    throw new CniError(CniCode.Internal, `Cannot read the filters of ${name}`, {
      details: reasonOf(stderr) || `exit status ${status}`,
    });
  }
  return parseShown(stdout).flatMap(parseFilters);
}

/** How tc says that the link, or its discipline, has gone meanwhile. */
const GONE = /Cannot find device|No such (device|file)|Parent Qdisc doesn't/;
