import {
  applySteps,
  type IpStep,
  removeByForce,
  type Run,
  Shells,
  withUndo,
} from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import type { Executor } from "./executor.ts";

/**
 * Has a verb do what it decides, in shells that end with it. If it fails, all
 * that it has pushed to the executor's `undo` is taken back.
 */
export async function acting<T>(
  { netns }: Request,
  context: Context,
  verb: (executor: Executor) => Promise<T>,
): Promise<T> {
  await using shells = new Shells();
  const { run } = shells;
  const warn = (message: string) => context.warn(message);
  return await withUndo((undo) =>
    verb({
      isPlanning: false,
      run,
      undo,
      warn,
      apply: async (steps) => {
        await applySteps(steps, { netns, run, undo });
      },
      remove: (steps, runIn = run) => removeAll(steps, netns, runIn),
      act: async (_planned, act) => await act(),
      sideBySide: (items) => {
        const runs = items.map((_, index) => index === 0 ? run : shells.open());
        return async (work) => {
          const works = items.map((item, index) => work(item, runs[index]!));
          await Promise.allSettled(works);
          return await Promise.all(works);
        };
      },
    }), warn);
}

/** By one process for each program, and each namespace. */
async function removeAll(
  steps: readonly IpStep[],
  netns: string,
  run: Run,
): Promise<string> {
  const groups = Map.groupBy(
    steps,
    ({ place, program = "ip" }) => `${place} ${program}`,
  );
  const faults: string[] = [];
  for (const group of groups.values()) {
    const [{ place, program = "ip" }] = group as [IpStep];
    const lines = group.map(({ words }) => words);
    const where = place === "host" ? {} : { netns };
    faults.push(await removeByForce(lines, { program, run, ...where }));
  }
  return faults.filter((fault) => fault !== "").join("; ");
}
