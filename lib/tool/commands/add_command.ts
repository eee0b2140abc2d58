import { attachAll, type Attached } from "../attach_all.ts";
import { OPTION_FLAGS } from "../attachment_options.ts";
import type { Flag } from "../flag.ts";
import { formatAttachment } from "../format_attachment.ts";
import {
  createNetns,
  deleteNetns,
  isThere,
  type NamedNetns,
} from "../netns.ts";
import type { Words } from "../parse_words.ts";
import { JSON_FLAG, PLAN, printPlans } from "../print_plans.ts";
import { styleFor } from "../style.ts";
import {
  NETNS,
  NETWORK,
  readTargets,
  TARGET_FLAGS,
  type Targets,
} from "../targets.ts";
import { targetsJson } from "../targets_json.ts";
import type { ToolCommand, ToolContext } from "../tool_command.ts";
import { interruptible, openRuntime, TIMEOUT } from "../tool_runtime.ts";
import { undoCommand } from "../undo_command.ts";
import { UsageError } from "../usage_error.ts";

const CREATE_NETNS: Flag = {
  name: "create-netns",
  summary: "make the network namespace if it is not there",
};

/** `cni tool add`. */
export const addCommand: ToolCommand = {
  operands: [NETWORK, NETNS],
  flags: [
    ...TARGET_FLAGS,
    ...OPTION_FLAGS,
    CREATE_NETNS,
    PLAN,
    JSON_FLAG,
    TIMEOUT,
  ],
  description:
    `The plugins of each network are called in order. If one fails, or Ctrl-C is
pressed, what was done is undone, for all networks.`,
  run: add,
};

async function add(words: Words, context: ToolContext): Promise<number> {
  const { process } = context;
  const runtime = openRuntime(context);
  const all = await readTargets(words, context);
  const { netns, targets } = all;
  const isMissing = words.has(CREATE_NETNS.name) && !await isThere(netns.path);
  if (words.has(PLAN.name)) {
    if (isMissing) throw noPlanWithout(netns);
    return await printPlans("add", { runtime, targets, words, process });
  }
  const attached = await interruptible(
    words,
    context,
    (options, signal) =>
      inNetns(
        isMissing ? netns : undefined,
        signal,
        () => attachAll(runtime, targets, { options, signal }),
      ),
  );
  process.writeStdout(
    words.has(JSON_FLAG.name)
      ? targetsJson(
        "add",
        attached.map(({ target, reply }) => [target, { result: reply.json }]),
      )
      : report({ all, attached, isCreated: isMissing, words, context }),
  );
  return 0;
}

/** Makes the namespace first, if one is given, and removes it if `act` fails. */
async function inNetns<T>(
  netns: NamedNetns | undefined,
  signal: AbortSignal,
  act: () => Promise<T>,
): Promise<T> {
  if (netns === undefined) return await act();
  const { name } = netns;
  if (name === undefined) {
    throw new UsageError(
      `--create-netns needs a name: ${netns.path} is no path of ip netns`,
    );
  }
  try {
    await createNetns(name);
    signal.throwIfAborted();
    return await act();
  } catch (error) {
    // What went wrong before is what counts.
    await deleteNetns(name).catch(() => {});
    throw error;
  }
}

function report({ all, attached, isCreated, words, context }: {
  readonly all: Targets;
  readonly attached: readonly Attached[];
  readonly isCreated: boolean;
  readonly words: Words;
  readonly context: ToolContext;
}): string {
  const style = styleFor(context.process);
  const parts = attached.map(({ target, reply }) =>
    formatAttachment(target, reply.result, style)
  );
  const undo = undoCommand(all, words, isCreated);
  return `${parts.join("\n")}\n${style.dim("Undo:")} ${undo}\n`;
}

function noPlanWithout({ name, path }: NamedNetns): UsageError {
  const how = name === undefined ? "make it first" : `ip netns add ${name}`;
  return new UsageError(
    `--plan needs the network namespace, and ${path} is not there: ${how}`,
  );
}
