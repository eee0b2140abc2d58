import { detachAll } from "../attach_all.ts";
import { printable, type Words } from "../../terminal/mod.ts";
import { JSON_FLAG, PLAN, printPlans } from "../print_plans.ts";
import { remembered } from "../remembered.ts";
import { NETNS, NETWORK, readTargets, TARGET_FLAGS } from "../targets.ts";
import { targetsJson } from "../targets_json.ts";
import type { ToolCommand, ToolContext } from "../tool_command.ts";
import { interruptible, openRuntime, TIMEOUT } from "../tool_runtime.ts";

/** `cni tool del`. */
export const delCommand: ToolCommand = {
  operands: [NETWORK, NETNS],
  flags: [...TARGET_FLAGS, PLAN, JSON_FLAG, TIMEOUT],
  description:
    `The plugins of each network are called in reverse order. It succeeds if there
is nothing left to detach, so that it can be repeated. A network whose
configuration is gone is taken from what add kept.`,
  run: del,
};

async function del(words: Words, context: ToolContext): Promise<number> {
  const { process } = context;
  const runtime = openRuntime(context);
  const all = await readTargets(words, context, runtime);
  const targets = all.targets.map((target) => remembered(runtime, target));
  if (words.has(PLAN.name)) {
    const reversed = targets.toReversed();
    const what = { runtime, targets: reversed, words, process };
    return await printPlans("del", what);
  }
  const [failure, ...more] = await interruptible(
    words,
    context,
    (options) => detachAll(runtime, targets, options),
  );
  if (failure !== undefined) {
    for (const other of more) {
      process.writeStderr(`${printable(String(other))}\n`);
    }
    throw failure;
  }
  process.writeStdout(
    words.has(JSON_FLAG.name)
      ? targetsJson("del", targets.map((target) => [target, {}]))
      : targets.toReversed().map(({ network, attachment }) =>
        `${attachment.ifname} is detached from ${network.name}\n`
      ).join(""),
  );
  return 0;
}
