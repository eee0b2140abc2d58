import type { CallNotice, Runtime } from "../../lib/runtime/mod.ts";
import { anonymousNetns } from "../anonymous_netns.ts";
import { attachAll, type Attached } from "../attach_all.ts";
import { OPTION_FLAGS } from "../attachment_options.ts";
import {
  type Flag,
  printable,
  styleFor,
  UsageError,
  type Words,
} from "../../terminal/mod.ts";
import { formatAttachment } from "../format_attachment.ts";
import {
  createNetns,
  deleteNetns,
  isThere,
  type NamedNetns,
} from "../netns.ts";
import { askForAdd } from "../interactive/ask_for_add.ts";
import { Cancelled, type Prompter } from "../interactive/prompter.ts";
import { JSON_FLAG, PLAN, printPlans } from "../print_plans.ts";
import {
  missingIn,
  NETNS,
  NETWORK,
  readTargets,
  readTargetWords,
  TARGET_FLAGS,
  type Targets,
} from "../targets.ts";
import { targetsJson } from "../targets_json.ts";
import type { ToolCommand, ToolContext } from "../tool_command.ts";
import { interruptible, openRuntime, TIMEOUT } from "../tool_runtime.ts";
import { undoCommand } from "../undo_command.ts";

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
pressed, what was done is undone, for all networks. On a terminal, what is
missing is asked for.`,
  run: add,
};

async function add(words: Words, context: ToolContext): Promise<number> {
  const isAsked = isIncomplete(words) && canAsk(words, context);
  const prompter = isAsked ? await openPrompter(context) : undefined;
  const complete = prompter === undefined
    ? words
    : await askForAdd(words, context, prompter);
  const runtime = openRuntime(context);
  const all = await readTargets(complete, context);
  const isCreated = complete.has(CREATE_NETNS.name) &&
    !await isThere(all.netns.path);
  const job: Job = { words: complete, context, runtime, all, isCreated };
  if (words.has(PLAN.name)) return await showPlan(job);
  if (prompter !== undefined) await confirm(job, prompter);
  return await attach(job, prompter);
}

/** An add that knows all that it needs. */
interface Job {
  readonly words: Words;
  readonly context: ToolContext;
  readonly runtime: Runtime;
  readonly all: Targets;
  /** Whether the namespace has to be made first. */
  readonly isCreated: boolean;
}

function isIncomplete(words: Words): boolean {
  return missingIn(readTargetWords(words)).length > 0;
}

function canAsk(words: Words, { process }: ToolContext): boolean {
  return !words.has(JSON_FLAG.name) && process.isTerminal("stdin") &&
    process.isTerminal("stdout");
}

async function openPrompter({ prompter }: ToolContext): Promise<Prompter> {
  if (prompter !== undefined) return await prompter();
  const { clackPrompter } = await import("../interactive/clack_prompter.ts");
  return await clackPrompter();
}

async function confirm(job: Job, prompter: Prompter): Promise<void> {
  for (;;) {
    const answer = await prompter.choose("Attach it?", [
      { value: "yes", label: "Yes" },
      { value: "plan", label: "Show what would be done" },
      { value: "no", label: "No" },
    ]);
    if (answer === "no") throw new Cancelled();
    if (answer === "yes") return;
    await showPlan(job);
  }
}

async function showPlan(
  { words, context, runtime, all, isCreated }: Job,
): Promise<number> {
  const { process } = context;
  const { netns, targets } = all;
  if (!isCreated) {
    return await printPlans("add", { runtime, targets, words, process });
  }
  const name = nameOf(netns);
  await using trial = await anonymousNetns();
  return await printPlans("add", {
    ...{ runtime, targets, words, process },
    stand: { in: trial.path, for: netns.path },
    before: [{
      purpose: `make the network namespace ${JSON.stringify(name)}`,
      command: `ip netns add ${name}`,
    }],
  });
}

async function attach(
  { words, context, runtime, all, isCreated }: Job,
  prompter: Prompter | undefined,
): Promise<number> {
  const { process } = context;
  const onCall = prompter &&
    (({ command, plugin }: CallNotice) =>
      prompter.tell(`${command === "ADD" ? "add" : "undo"}: ${plugin}`));
  const attached = await interruptible(
    words,
    context,
    (given, signal) => {
      const options = { ...given, onCall };
      return inNetns(
        isCreated ? all.netns : undefined,
        signal,
        () => attachAll(runtime, all.targets, { options, signal }),
      );
    },
  );
  process.writeStdout(
    words.has(JSON_FLAG.name)
      ? targetsJson(
        "add",
        attached.map(({ target, reply }) => [target, { result: reply.json }]),
      )
      : report({ all, attached, isCreated, words, context }),
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
  const name = nameOf(netns);
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
  return `${parts.join("\n")}\n${style.dim("Undo:")} ${printable(undo)}\n`;
}

function nameOf({ name, path }: NamedNetns): string {
  if (name !== undefined) return name;
  throw new UsageError(
    `--create-netns needs a name: ${path} is no path of ip netns`,
  );
}
