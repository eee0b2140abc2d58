import type { Words } from "../../terminal/mod.ts";
import { JSON_FLAG, PLAN, printPlans } from "../print_plans.ts";
import { remembered } from "../remembered.ts";
import { NETNS, NETWORK, readTargets, TARGET_FLAGS } from "../targets.ts";
import { targetsJson } from "../targets_json.ts";
import type { ToolCommand, ToolContext } from "../tool_command.ts";
import { interruptible, openRuntime, TIMEOUT } from "../tool_runtime.ts";

/** `cni tool check`. */
export const checkCommand: ToolCommand = {
  operands: [NETWORK, NETNS],
  flags: [...TARGET_FLAGS, PLAN, JSON_FLAG, TIMEOUT],
  description:
    `The plugins of the network compare what they find with the result that add
kept. It needs a network of version 0.4.0 or newer.`,
  run: check,
};

async function check(words: Words, context: ToolContext): Promise<number> {
  const { process } = context;
  const runtime = openRuntime(context);
  const all = await readTargets(words, context, runtime);
  const targets = all.targets.map((target) => remembered(runtime, target));
  if (words.has(PLAN.name)) {
    return await printPlans("check", { runtime, targets, words, process });
  }
  await interruptible(words, context, async (options) => {
    for (const { network, attachment } of targets) {
      await runtime.check(network, attachment, options);
    }
  });
  process.writeStdout(
    words.has(JSON_FLAG.name)
      ? targetsJson("check", targets.map((target) => [target, {}]))
      : targets.map(({ network, attachment }) =>
        `${attachment.ifname} on ${network.name} is as add left it\n`
      ).join(""),
  );
  return 0;
}
