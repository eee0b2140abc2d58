/**
 * Compares our plugins with the reference's, in turn in one run, and prints
 * medians and ratios. It runs in a network namespace of its own, so that its
 * bridges and rules are nobody else's, and with `/run/cni` in memory, as it is
 * on a node.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { PROJECT_ROOT } from "../scripts/project.ts";
import {
  ADDRESSES_IN_USE,
  hostLocalConfig,
  hostLocalRun,
  reserveMany,
} from "./host_local.ts";
import { flannelConfig } from "./flannel.ts";
import { measurePeakMiB, measureTimeMs } from "./measure.ts";
import {
  bridgeConfig,
  bridgeRun,
  type Contender,
  type Run,
} from "./plugins.ts";
import { type Comparison, formatReport } from "./report.ts";

const OURS = `${PROJECT_ROOT}/build/bin`;
const REFERENCE = "/usr/lib/cni";

/** Goes on in namespaces that end with the process. */
async function runInside(): Promise<number> {
  const script = "mkdir -p /run/cni && mount -t tmpfs cni /run/cni && " +
    'exec "$0" "$@"';
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

async function bench(rounds: number): Promise<readonly Comparison[]> {
  await using cleanup = new AsyncDisposableStack();
  const ours = await contend("ours", OURS, cleanup);
  const reference = await contend("reference", REFERENCE, cleanup);
  return [
    ...await compareVersion(rounds, cleanup),
    ...await compareAttachment(rounds, { ours, reference, ipMasq: false }),
    ...await compareAttachment(rounds, { ours, reference, ipMasq: true }),
    ...await compareFlannel(rounds, ours),
    ...await compareHostLocal(rounds, { ours, reference }),
  ];
}

/** Makes what one contender needs; `cleanup` removes it. */
async function contend(
  name: string,
  binDir: string,
  cleanup: AsyncDisposableStack,
): Promise<Contender> {
  const id = `${Deno.pid}-${name}`;
  const dataDir = `/var/lib/cni/bench-${id}`;
  await ip("netns", "add", `cni-bench-${id}`);
  cleanup.defer(() => ip("netns", "delete", `cni-bench-${id}`));
  cleanup.defer(() => Deno.remove(dataDir, { recursive: true }));
  const bridge = `bench-${name}`;
  const lock = `/run/cni/bridge-${bridge}.lock`;
  cleanup.defer(() => Deno.remove(lock).catch(() => {}));
  return { name, binDir, bridge, dataDir, netns: `/run/netns/cni-bench-${id}` };
}

async function ip(...args: readonly string[]): Promise<void> {
  await measureTimeMs({ words: ["ip", ...args] });
}

/** VERSION is nothing but start-up: the floor is an empty program. */
async function compareVersion(
  rounds: number,
  cleanup: AsyncDisposableStack,
): Promise<readonly Comparison[]> {
  const empty = await Deno.makeTempFile({ suffix: ".js" });
  cleanup.defer(() => Deno.remove(empty));
  const env = { CNI_COMMAND: "VERSION" };
  const bare = ["run", "--quiet", "--no-config", "--no-lock", empty];
  const runs = [
    { words: [`${OURS}/bridge`], env },
    { words: [Deno.execPath(), ...bare] },
    { words: [`${REFERENCE}/bridge`], env },
  ];
  const [ours = [], deno = [], reference = []] = await inTurn(rounds, {
    runs,
    measure: measureTimeMs,
  });
  const both = { title: "VERSION", ours, unit: "ms" } as const;
  return [
    { ...both, other: deno, otherName: "deno run of an empty file" },
    { ...both, other: reference, otherName: "reference" },
  ];
}

async function compareAttachment(
  rounds: number,
  { ours, reference, ipMasq }: {
    readonly ours: Contender;
    readonly reference: Contender;
    readonly ipMasq: boolean;
  },
): Promise<readonly Comparison[]> {
  const what = ipMasq ? "bridge, host-local, ipMasq" : "bridge, host-local";
  const runs = [ours, reference].flatMap((contender) => {
    const config = bridgeConfig(contender, ipMasq);
    return ["ADD", "DEL"].map((command) =>
      bridgeRun(contender, { command, config })
    );
  });
  const compare = async (
    unit: Comparison["unit"],
    times: number,
    measure: (run: Run) => Promise<number>,
  ) => {
    const [add = [], del = [], addOther = [], delOther = []] = await inTurn(
      times,
      { runs, measure },
    );
    const both = { unit, otherName: reference.name };
    return {
      add: { ...both, ours: add, other: addOther },
      del: { ...both, ours: del, other: delOther },
      pair: { ...both, ours: sums(add, del), other: sums(addOther, delOther) },
    };
  };
  const time = await compare("ms", rounds, measureTimeMs);
  const peak = await compare("MiB", PEAK_ROUNDS, measurePeakMiB);
  return [
    { title: `ADD ${what}`, ...time.add },
    { title: `DEL ${what}`, ...time.del },
    { title: `ADD + DEL ${what}`, ...time.pair },
    { title: `Peak memory, ADD ${what}`, ...peak.add },
    { title: `Peak memory, DEL ${what}`, ...peak.del },
  ];
}

/** What flannel adds to the bridge that it delegates to. */
async function compareFlannel(
  rounds: number,
  ours: Contender,
): Promise<readonly Comparison[]> {
  const calls = [
    { plugin: "flannel", config: flannelConfig(ours) },
    { plugin: "bridge", config: bridgeConfig(ours, false) },
  ];
  const runs = calls.flatMap((call) =>
    ["ADD", "DEL"].map((command) => bridgeRun(ours, { ...call, command }))
  );
  const [add = [], del = [], addOther = [], delOther = []] = await inTurn(
    rounds,
    { runs, measure: measureTimeMs },
  );
  const both = { unit: "ms", otherName: "ours, bridge alone" } as const;
  return [
    { ...both, title: "ADD flannel", ours: add, other: addOther },
    { ...both, title: "DEL flannel", ours: del, other: delOther },
  ];
}

/** What the number of addresses in use costs, beside the reference and alone. */
async function compareHostLocal(
  rounds: number,
  { ours, reference }: {
    readonly ours: Contender;
    readonly reference: Contender;
  },
): Promise<readonly Comparison[]> {
  const comparisons: Comparison[] = [];
  const few: Record<string, readonly number[]> = {};
  for (const count of ADDRESSES_IN_USE) {
    const runs = [ours, reference].flatMap((contender) => {
      const name = `host-local-${count}`;
      reserveMany(`${contender.dataDir}/${name}`, count);
      const config = hostLocalConfig(contender.dataDir, name);
      return ["ADD", "DEL"].map((command) =>
        hostLocalRun(contender, { command, config })
      );
    });
    const times = Math.min(rounds, HOST_LOCAL_ROUNDS);
    const [add = [], del = [], addOther = [], delOther = []] = await inTurn(
      times,
      { runs, measure: measureTimeMs },
    );
    const commands = { ADD: [add, addOther], DEL: [del, delOther] } as const;
    for (const [command, [mine, other]] of Object.entries(commands)) {
      const title = `${command} host-local, ${count} in use`;
      const row = { title, ours: mine, unit: "ms" } as const;
      comparisons.push({ ...row, other, otherName: reference.name });
      const least = few[command] ??= mine;
      if (least === mine) continue;
      const otherName = `ours with ${ADDRESSES_IN_USE[0]} in use`;
      comparisons.push({ ...row, other: least, otherName });
    }
  }
  return comparisons;
}

/** The reference takes long with many. */
const HOST_LOCAL_ROUNDS = 15;

/** Ends the rounds, so that what was made is removed. */
const INTERRUPT = new AbortController();

/** Memory hardly varies, unlike time. */
const PEAK_ROUNDS = 3;

/** Measures each run once per round, so that all see the same machine. */
async function inTurn(
  rounds: number,
  { runs, measure }: {
    readonly runs: readonly Run[];
    readonly measure: (run: Run) => Promise<number>;
  },
): Promise<readonly (readonly number[])[]> {
  const results: number[][] = runs.map(() => []);
  // Two more at first, which fill the caches and are not counted.
  for (let round = -2; round < rounds; round++) {
    for (const [index, run] of runs.entries()) {
      INTERRUPT.signal.throwIfAborted();
      const result = await measure(run);
      if (round >= 0) results[index]?.push(result);
    }
  }
  return results;
}

function sums(a: readonly number[], b: readonly number[]): readonly number[] {
  return a.map((value, index) => value + (b[index] ?? NaN));
}

if (import.meta.main) {
  const flags = parseArgs(Deno.args, {
    boolean: ["inside"],
    string: ["rounds"],
  });
  if (Deno.uid() !== 0) {
    console.error("Cannot run the benchmark: network namespaces need root");
    Deno.exit(1);
  }
  if (!flags.inside) Deno.exit(await runInside());
  const rounds = Number(flags.rounds ?? 30);
  if (!(rounds >= 1)) throw new RangeError("--rounds must be 1 or more");
  Deno.addSignalListener("SIGINT", () => INTERRUPT.abort());
  console.log(`Medians of ${rounds} rounds, in turn`);
  console.log(formatReport(await bench(rounds)));
  Deno.exit(0); // The signal listener would keep it alive.
}
