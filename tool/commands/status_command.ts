import { errorToJson, toCniError } from "../../lib/spec/mod.ts";
import {
  type Flag,
  jsonText,
  printable,
  styleFor,
  type Words,
} from "../../terminal/mod.ts";
import { JSON_FLAG } from "../print_plans.ts";
import { SOCKET_FLAG } from "../resident/ask_daemon.ts";
import {
  IGNORED_NETNS,
  NETWORK,
  NETWORK_FLAGS,
  requireNetworks,
} from "../targets.ts";
import type { ToolCommand, ToolContext } from "../tool_command.ts";
import { interruptible, openRuntime, TIMEOUT } from "../tool_runtime.ts";

const DAEMON: Flag = {
  name: "daemon",
  summary: "show the daemon's counters, and no network",
};

/** `cni tool status`. */
export const statusCommand: ToolCommand = {
  operands: [NETWORK, IGNORED_NETNS],
  flags: [...NETWORK_FLAGS, DAEMON, SOCKET_FLAG, JSON_FLAG, TIMEOUT],
  description:
    `Asks the plugins of networks of version 1.1.0; others are ready without being
asked. The exit status is 1 if one of them is not ready. --daemon shows what the
daemon of the resident mode has done instead, and is 1 if none answers.`,
  run: status,
};

async function status(words: Words, context: ToolContext): Promise<number> {
  if (words.has(DAEMON.name)) {
    const { showDaemon } = await import("../resident/show_daemon.ts");
    return await showDaemon(words, context);
  }
  const { process } = context;
  const networks = await requireNetworks(words, context);
  const runtime = openRuntime(context);
  const answers = await interruptible(words, context, async (options) => {
    const found = [];
    for (const network of networks) {
      const error = await runtime.status(network, options).then(
        () => undefined,
        toCniError,
      );
      found.push({ name: network.name, error });
    }
    return found;
  });
  const { green, red } = styleFor(process);
  process.writeStdout(
    words.has(JSON_FLAG.name)
      ? `${
        jsonText({
          command: "status",
          networks: answers.map(({ name, error }) => ({
            network: name,
            isReady: error === undefined,
            error: error && errorToJson(error),
          })),
        })
      }\n`
      : answers.map(({ name, error }) =>
        error === undefined
          ? `${name} is ${green("ready")}\n`
          : `${name} is ${red("not ready")}: ${printable(String(error))}\n`
      ).join(""),
  );
  return answers.some(({ error }) => error !== undefined) ? 1 : 0;
}
