import type { Registry } from "../lib/plugin/mod.ts";
import { useCommit } from "../lib/firewall/mod.ts";
import { useRunner, useShellSource } from "../lib/linux/mod.ts";
import { useLockWait } from "../lib/state/mod.ts";
import {
  DAEMON_SOCKET,
  type Flag,
  flagRows,
  HELP,
  parseWords,
  type TerminalProcess,
  UsageError,
  type Words,
} from "../terminal/mod.ts";
import { CallQueue } from "./call_queue.ts";
import { GroupCommit } from "./group_commit.ts";
import { readIdentity } from "./identity_linux.ts";
import { listenInPlace } from "./listen.ts";
import { Log, LOG_LEVELS, type LogLevel } from "./log.ts";
import { Metrics } from "./metrics.ts";
import { keepMetricsFile } from "./metrics_file.ts";
import { SearchPaths } from "./search_path_linux.ts";
import { Server } from "./server.ts";
import { ShellPool } from "./shell_pool_linux.ts";

/** What {@linkcode runDaemon} works with. */
export interface DaemonContext {
  readonly process: TerminalProcess;
  /** The plugins that are part of this program. */
  readonly registry: Registry;
  /** Path of this program's executable. */
  readonly self: string;
  /** The build that this program belongs to, and its shim. */
  readonly buildId: string;
}

/** How many calls run at a time: they wait for the kernel most of the time. */
const DEFAULT_MAX_CALLS = 16;

/** How long connections are taken after another daemon has taken over. */
const LINGER_MS = 300;

/** How long calls may take to end: less than deploy's unit waits. */
const DRAIN_MS = 60_000;

const FLAGS: readonly Flag[] = [
  {
    name: "socket",
    value: "PATH",
    summary: `where shims connect (${DAEMON_SOCKET})`,
  },
  {
    name: "log-level",
    value: "LEVEL",
    summary: "error, warn (calls that fail too) or info (every call; default)",
  },
  {
    name: "metrics",
    value: "FILE",
    summary:
      "keep counters in this file, for node_exporter's textfile collector",
  },
  {
    name: "max-calls",
    value: "N",
    summary: `how many calls run at a time (${DEFAULT_MAX_CALLS})`,
  },
  HELP,
];

/**
 * `cni daemon`: stays, and runs the calls that shims hand over, as the program
 * itself would. Ends on SIGTERM and SIGINT, and when another daemon takes its
 * socket over, once the calls that run have ended.
 *
 * @param args The words after the applet's name.
 * @returns The exit status: 0 after a proper end, 1 if it cannot work, 2 if the
 * command line is wrong.
 */
export async function runDaemon(
  args: readonly string[],
  context: DaemonContext,
): Promise<number> {
  const { process } = context;
  try {
    const words = parseWords(args, FLAGS);
    if (words.has("help")) {
      process.writeStdout(help());
      return 0;
    }
    return await serve(readOptions(words), context);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.writeStderr(`Error: ${reason}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

interface DaemonOptions {
  readonly socket: string;
  readonly level: LogLevel;
  readonly metricsFile: string | undefined;
  readonly maxCalls: number;
}

function readOptions(words: Words): DaemonOptions {
  const text = words.value("log-level") ?? "info";
  const level = LOG_LEVELS.find((one) => one === text);
  if (level === undefined) {
    const levels = LOG_LEVELS.join(", ");
    throw new UsageError(`--log-level is "${text}": expected one of ${levels}`);
  }
  const count = words.value("max-calls") ?? `${DEFAULT_MAX_CALLS}`;
  const maxCalls = Number(count);
  if (!/^\d+$/.test(count) || maxCalls < 1 || maxCalls > 1024) {
    throw new UsageError(
      `--max-calls is "${count}": expected a whole number from 1 to 1024`,
    );
  }
  return {
    socket: words.value("socket") ?? DAEMON_SOCKET,
    level,
    metricsFile: words.value("metrics"),
    maxCalls,
  };
}

async function serve(
  { socket: path, level, metricsFile, maxCalls }: DaemonOptions,
  { process, registry, self, buildId }: DaemonContext,
): Promise<number> {
  const identity = await readIdentity(buildId);
  const log = new Log(level, (bytes) => Deno.stderr.write(bytes));
  await using pool = new ShellPool();
  pool.warm(2);
  await pool.enterBy(shimBeside(self));
  useShellSource(pool);
  useRunner(pool.run);
  const queue = new CallQueue(maxCalls);
  useCommit(new GroupCommit(queue).commit);
  useLockWait(() => queue.lend());
  const metrics = new Metrics();
  const paths = new SearchPaths(process.env("PATH"));
  const { promise: asked, resolve: end } = Promise.withResolvers<string>();
  const server = new Server({
    ...{ identity, registry, self, queue, metrics },
    findsSamePrograms: (searchPath) => paths.isSame(searchPath),
    log: (line) => log.call(line),
    onRetire: () => end("another daemon took over"),
  });
  const stopMetrics = metricsFile === undefined
    ? undefined
    : await keepMetricsFile(
      metricsFile,
      () => metrics.format(server.load),
      (error) => log.say(`cannot write ${metricsFile}: ${error}`),
    );
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    Deno.addSignalListener(signal, () => end(`got ${signal}`));
  }
  Deno.addSignalListener("SIGHUP", () => {});
  const { listener, remove, hasReplaced } = await listenInPlace(path);
  const served = server.serve(listener);
  log.say(
    `listening on ${path}, build ${buildId}` +
      (hasReplaced ? ", in place of another daemon" : ""),
  );
  const reason = await asked;
  log.say(`ending: ${reason}`);
  remove();
  // Those who have connected before still wait in the socket.
  await new Promise((resolve) => setTimeout(resolve, LINGER_MS));
  listener.close();
  await served;
  const left = await server.drain(DRAIN_MS);
  if (left > 0) log.say(`ending with ${left} calls that have not ended`);
  await stopMetrics?.();
  return 0;
}

/** The shim enters namespaces, too, and starts faster than nsenter. */
function shimBeside(self: string): string {
  return `${self.slice(0, self.lastIndexOf("/") + 1)}cni-shim`;
}

function help(): string {
  return `Runs plugins for cni-shim, so that a call does not start Deno.

Usage:
  cni daemon [flags]

Flags:
${flagRows(FLAGS)}`;
}
