import type { Host } from "./_host.ts";
import { BIN, IS_RESIDENT } from "./_requirements.ts";
import { must } from "./_run.ts";

/** How the plugins of a conformance run are called. */
export interface ConformanceWay {
  /** Words for `cni conformance`. */
  readonly words: readonly string[];
  /** How many calls the daemon has run so far, by plugin. */
  countCalls(): Promise<Readonly<Record<string, number>>>;
}

/**
 * The way that the tests run in: by a daemon on each case's host, or without.
 *
 * @param folder Where the daemons' log is kept.
 */
export async function conformanceWay(
  { scratchDir }: Pick<Host, "scratchDir">,
): Promise<ConformanceWay> {
  if (!IS_RESIDENT) {
    return { words: [], countCalls: () => Promise.resolve({}) };
  }
  const [daemon, log] = [`${scratchDir}/daemon`, `${scratchDir}/daemon.log`];
  const script = `#!/bin/sh\n${BIN}/cni daemon 2>&1 | tee -a ${log}\n`;
  await Deno.writeTextFile(daemon, script, { mode: 0o755 });
  return {
    words: ["--daemon", daemon],
    countCalls: async () => {
      const text = await Deno.readTextFile(log);
      const plugins = text.matchAll(/^plugin=(\S+) command=/gm);
      const counts: Record<string, number> = {};
      for (const [, name = ""] of plugins) {
        counts[name] = (counts[name] ?? 0) + 1;
      }
      return counts;
    },
  };
}

/** What `cni conformance` says of a run in JSON, as far as tests look at it. */
export interface ConformanceRun {
  readonly counts: Readonly<Record<string, number>>;
  readonly outcomes: readonly {
    readonly id: string;
    readonly plugin: string;
    readonly verdict: string;
    readonly reason: string;
    readonly differences: readonly {
      readonly explained: { readonly name: string };
    }[];
  }[];
}

/** Puts our plugins to the test; no case may fail or break. */
export async function mustConform(
  words: readonly string[],
): Promise<ConformanceRun> {
  const stdout = await must([
    ...[`${BIN}/cni`, "conformance", "--plugin-dir", BIN],
    ...["--format", "json", ...words],
  ]);
  return JSON.parse(stdout);
}
