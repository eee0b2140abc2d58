import {
  DAEMON_SOCKET,
  formatTable,
  jsonText,
  styleFor,
  type Words,
} from "../../terminal/mod.ts";
import { JSON_FLAG } from "../print_plans.ts";
import type { ToolContext } from "../tool_command.ts";
import {
  askDaemon,
  type DaemonStatus,
  type Silence,
  SOCKET_FLAG,
} from "./ask_daemon.ts";
import { formatDuration } from "./format_duration.ts";

/**
 * `cni tool status --daemon`: prints the counters of the running daemon.
 *
 * @returns The exit status: 1 if no daemon answers.
 */
export async function showDaemon(
  words: Words,
  context: ToolContext,
): Promise<number> {
  const { process, buildId } = context;
  const socket = words.value(SOCKET_FLAG.name) ?? DAEMON_SOCKET;
  const told = await (context.askDaemon ?? askDaemon)(socket);
  const isJson = words.has(JSON_FLAG.name);
  if (typeof told === "string") {
    const error = `${silenceText(told)} at ${socket}`;
    if (isJson) {
      const text = jsonText({ command: "status", daemon: { socket, error } });
      process.writeStdout(`${text}\n`);
    } else process.writeStderr(`Error: ${error}\n`);
    return 1;
  }
  process.writeStdout(
    isJson
      ? `${
        jsonText({
          command: "status",
          daemon: {
            ...{ socket, ...told, declined: { ...told.declined } },
            calls: told.calls.map((one) => ({ ...one })),
          },
        })
      }\n`
      : formatDaemon(told, { socket, buildId, style: styleFor(process) }),
  );
  return 0;
}

/** What it means that a daemon has told nothing. */
export function silenceText(silence: Silence): string {
  const texts = {
    absent: "No daemon listens",
    denied: "This user may not ask the daemon",
    mute: "No daemon answers",
  };
  return texts[silence];
}

interface FormatOptions {
  readonly socket: string;
  readonly buildId: string | undefined;
  readonly style: ReturnType<typeof styleFor>;
}

function formatDaemon(
  told: DaemonStatus,
  { socket, buildId, style }: FormatOptions,
): string {
  const { pid, uptimeMs, running, waiting, maxCalls, declined } = told;
  const isOther = buildId !== undefined && buildId !== told.buildId;
  const calls = told.calls
    .map(({ plugin, command, code, count }) => [
      ...[plugin, command, `${code}`, `${count}`],
    ])
    .toSorted((a, b) => a.join(" ") < b.join(" ") ? -1 : 1);
  const reasons = Object.entries(declined)
    .map(([reason, count]) => [reason, `${count}`]).toSorted();
  return [
    `Daemon at ${socket}, process ${pid}, running for ${
      formatDuration(uptimeMs)
    }\n`,
    `Build ${told.buildId}${isOther ? `; this program's is ${buildId}` : ""}\n`,
    `Calls: ${running} running (of ${maxCalls} at a time), ${waiting} waiting\n`,
    calls.length === 0 ? "\nNo calls have ended yet\n" : "\n" +
      formatTable(["PLUGIN", "COMMAND", "CODE", "CALLS"], calls, style),
    reasons.length === 0 ? "" : "\n" +
      formatTable(["DECLINED", "CALLS"], reasons, style),
  ].join("");
}
