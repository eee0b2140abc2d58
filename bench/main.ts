/**
 * Compares our plugins with the reference's, in turn in one run, and prints
 * medians and ratios. It runs in a network namespace of its own, so that its
 * bridges and rules are nobody else's, with `/run/cni` in memory and a `/sys`
 * that shows that namespace, as on a node.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { PROJECT_ROOT } from "../scripts/project.ts";
import { enterRing } from "./contender.ts";
import type { Comparison } from "./contest.ts";
import { CONTESTS } from "./contests/mod.ts";
import { formatJsonReport, formatMarkdown, formatReport } from "./report.ts";
import { runContest } from "./run_contest.ts";

const USAGE =
  `Usage: make bench ARGS='[--rounds N] [--only NAME,…] [--markdown]'
Names: ${Object.keys(CONTESTS).join(", ")}
`;

/** Where every measurement goes. */
const JSON_REPORT = `${PROJECT_ROOT}/build/bench.json`;

/** Goes on in namespaces that end with the process. */
async function runInside(): Promise<number> {
  // The groups of processes are kept in sight: the new /sys has none mounted.
  const script = "ip link set lo up && mkdir -p /run/cni && " +
    "mount -t tmpfs cni /run/cni && mkdir /run/cni/cgroup && " +
    "mount --rbind /sys/fs/cgroup /run/cni/cgroup && " +
    "mount -t sysfs sysfs /sys && " +
    "mount --move /run/cni/cgroup /sys/fs/cgroup && " +
    'rmdir /run/cni/cgroup && exec "$0" "$@"';
  const { code } = await new Deno.Command("unshare", {
    args: [
      ...["--net", "--mount", "sh", "-c", script],
      ...[Deno.execPath(), "run", "--quiet", "--allow-all"],
      decodeURIComponent(new URL(import.meta.url).pathname),
      ...["--inside", ...Deno.args],
    ],
  }).spawn().status;
  return code;
}

/** Ends the rounds, so that what was made is removed. */
const INTERRUPT = new AbortController();

async function bench(
  rounds: number,
  names: readonly string[],
): Promise<readonly Comparison[]> {
  await using cleanup = new AsyncDisposableStack();
  const ring = await enterRing(cleanup);
  const comparisons: Comparison[] = [];
  for (const name of names) {
    for (const contest of await CONTESTS[name]?.(ring) ?? []) {
      const { signal } = INTERRUPT;
      const rows = await runContest(contest, { rounds, signal });
      console.error(formatReport(rows));
      comparisons.push(...rows);
    }
  }
  return comparisons;
}

function refuse(reason: string): never {
  console.error(`${reason}\n${USAGE}`);
  Deno.exit(2);
}

if (import.meta.main) {
  const flags = parseArgs(Deno.args, {
    boolean: ["inside", "markdown", "help"],
    string: ["rounds", "only"],
    unknown: (word) => refuse(`Unknown: ${word}`),
  });
  if (flags.help) {
    console.log(USAGE);
    Deno.exit(0);
  }
  const rounds = Number(flags.rounds ?? 30);
  if (!Number.isInteger(rounds) || rounds < 1) {
    refuse("--rounds needs a whole number from 1");
  }
  const names = flags.only?.split(",") ?? Object.keys(CONTESTS);
  const strange = names.find((name) => !(name in CONTESTS));
  if (strange !== undefined) refuse(`There is no contest "${strange}"`);
  if (Deno.uid() !== 0) {
    console.error("Cannot run the benchmark: network namespaces need root");
    Deno.exit(1);
  }
  if (!flags.inside) Deno.exit(await runInside());
  Deno.addSignalListener("SIGINT", () => INTERRUPT.abort());
  console.error(`Medians of ${rounds} rounds, in turn\n`);
  const comparisons = await bench(rounds, names);
  const format = flags.markdown ? formatMarkdown : formatReport;
  console.log(format(comparisons));
  const about = { rounds, deno: Deno.version.deno, arch: Deno.build.arch };
  await Deno.writeTextFile(JSON_REPORT, formatJsonReport(comparisons, about));
  console.error(`All measurements: ${JSON_REPORT}`);
  Deno.exit(0); // The signal listener would keep it alive.
}
