import { createRecorder } from "../../../lib/firewall/mod.ts";
import { type Run, runCommand, UndoStack } from "../../../lib/linux/mod.ts";
import type { Plan, PlannedAct, Request } from "../../../lib/plugin/mod.ts";
import type { Result } from "../../../lib/spec/mod.ts";
import { stepActs, transactionActs } from "../planned/mod.ts";
import type { Executor } from "./executor.ts";

/**
 * What a verb would do, in order, and what it would return; it does none of it.
 * What it would warn of comes first.
 *
 * @throws What the verb throws.
 */
export async function planning(
  { netns }: Request,
  verb: (executor: Executor) => Promise<Result | void>,
): Promise<Plan> {
  const acts: PlannedAct[] = [];
  const warnings: PlannedAct[] = [];
  // A firewall transaction must not be done, whoever runs it.
  const noting = (purpose: string): Run => async (command) => {
    const { run, changes } = createRecorder(runCommand);
    const output = await run(command);
    acts.push(...transactionActs(purpose, changes));
    return output;
  };
  const executor: Executor = {
    isPlanning: true,
    run: noting("change the firewall"),
    undo: new UndoStack(),
    warn: (message) => void warnings.push({ purpose: `warn: ${message}` }),
    apply: (steps) => note(stepActs(steps, netns)),
    remove: async (steps) => {
      await note(stepActs(steps, netns));
      return "";
    },
    act: (planned) => note(planned),
    sideBySide: (items, purpose = "change the firewall") => async (work) => {
      const run = noting(purpose);
      // One after another, so that a plan is the same each time.
      const results = [];
      for (const item of items) results.push(await work(item, run));
      return results;
    },
  };
  const result = await verb(executor);
  return {
    acts: [...warnings, ...acts],
    ...(result ? { result } : {}),
  };

  function note(planned: readonly PlannedAct[]): Promise<undefined> {
    acts.push(...planned);
    return Promise.resolve(undefined);
  }
}
