import type { Contest, Run, Side } from "../contest.ts";
import {
  addNetns,
  type Contender,
  pluginRun,
  type Ring,
} from "../contender.ts";
import { runProgram } from "../measure.ts";
import { bridgeConfig } from "./attachment.ts";

/** How many containers there are. */
export const COUNT = 100;

/** How many calls run at a time when several do. */
export const AT_A_TIME = 8;

/** A node that starts and stops many containers. */
export async function manyContests(
  { ours, reference, cleanup }: Ring,
): Promise<readonly Contest[]> {
  const containers = await addContainers("many", cleanup);
  return [1, AT_A_TIME].map((lanes) => {
    const side = (contender: Contender) =>
      manySide(contender, { containers, lanes });
    const how = lanes === 1 ? "one after another" : `${lanes} at a time`;
    return {
      title: `${COUNT} containers, ${how}`,
      sides: [side(ours), side(reference)],
      maxRounds: 3,
    };
  });
}

/** Makes the containers' network namespaces; returns their paths. */
export async function addContainers(
  name: string,
  cleanup: AsyncDisposableStack,
): Promise<readonly string[]> {
  const containers: string[] = [];
  for (let index = 0; index < COUNT; index++) {
    containers.push(await addNetns(`${name}-${index}`, cleanup));
  }
  return containers;
}

/** A side that attaches many containers, and detaches them. */
export function manySide(
  contender: Contender,
  { containers, lanes }: {
    readonly containers: readonly string[];
    readonly lanes: number;
  },
): Side {
  const config = bridgeConfig(contender, { ipMasq: true });
  const runs = (command: string) =>
    containers.map((netns, index) =>
      pluginRun(contender, {
        plugin: "bridge",
        command,
        config,
        netns,
        containerId: `many-${contender.name}-${index}`,
      })
    );
  return {
    name: contender.name,
    background: contender.background,
    acts: {
      ADD: () => runAll(runs("ADD"), lanes),
      DEL: () => runAll(runs("DEL"), lanes),
    },
  };
}

/** Runs programs, so many at a time. */
export async function runAll(
  runs: readonly Run[],
  lanes: number,
): Promise<void> {
  const rest = [...runs];
  const lane = async () => {
    for (let run = rest.shift(); run !== undefined; run = rest.shift()) {
      await runProgram(run);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
