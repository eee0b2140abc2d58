import type { CallRecord, Stage, StageSandbox } from "../suite/mod.ts";
import { answerLines } from "./answer_lines.ts";
import type { Player, Scenario } from "./scenario.ts";
import { linksOf, ORDERED_PARTS, stateLines } from "./state_lines.ts";
import type { Snapshot } from "./snapshot.ts";
import { createTokens } from "./tokens.ts";

/** A call of a scenario, and what it left. */
export interface Observation {
  /** What the call is called: `second ADD`. */
  readonly label: string;
  readonly call: CallRecord;
  /** Whether the state was looked at after it. */
  readonly hasState: boolean;
  /** Lines that can be compared, by what they are about: `links of the host`. */
  readonly parts: ReadonlyMap<string, readonly string[]>;
}

/** How a namespace is looked at. */
export type TakeSnapshot = (
  netns: Stage["host"],
  without?: string,
) => Promise<Snapshot>;

/** Plays a scenario on a stage; returns what was seen after each call. */
export async function playScenario(
  { play }: Pick<Scenario, "play">,
  stage: Stage,
  takeSnapshot: TakeSnapshot,
): Promise<readonly Observation[]> {
  const observations: Observation[] = [];
  const sandboxes: StageSandbox[] = [];
  const given = [...Object.values(stage.names), JSON.stringify(stage.config())];
  const tokens = createTokens(given.join(" "));
  const look = async () => {
    const places = [
      ["the host", stage.host, stage.scratchDir],
      ...sandboxes.map((one, index) =>
        [placeOf(index, sandboxes.length), one, undefined] as const
      ),
    ] as const;
    const seen: (readonly [string, Snapshot])[] = [];
    for (const [place, netns, without] of places) {
      const snapshot = await takeSnapshot(netns, without);
      tokens.learn(linksOf(snapshot));
      seen.push([place, snapshot]);
    }
    return seen;
  };
  const player: Player = {
    stage,
    addSandbox: async () => {
      const sandbox = await stage.addSandbox();
      sandboxes.push(sandbox);
      return sandbox;
    },
    addPrevious: async (sandbox) => {
      const result = await stage.addPrevious(sandbox);
      // For the names of what the plugin may change.
      await look();
      return result;
    },
    remove: async (sandbox) => {
      sandboxes.splice(sandboxes.indexOf(sandbox), 1);
      await sandbox.remove();
    },
    call: async (
      label,
      command,
      sandbox,
      { isQuiet = false, ...options } = {},
    ) => {
      const call = await stage.call(command, sandbox, options);
      // Names in a result are known by the links that bear them.
      const seen = isQuiet && call.status !== 0 ? [] : await look();
      const parts = new Map([["answer", answerLines(call).map(tokens.apply)]]);
      for (const [place, snapshot] of seen) {
        for (const [part, raw] of stateLines(snapshot)) {
          const lines = raw.map(tokens.apply);
          // Sorted last: names that were drawn by lot have no order.
          const isOrdered = ORDERED_PARTS.includes(part);
          parts.set(
            `${part} of ${place}`,
            isOrdered ? lines : lines.toSorted(),
          );
        }
      }
      observations.push({ label, call, parts, hasState: seen.length > 0 });
      return call;
    },
  };
  await play(player);
  return observations;
}

function placeOf(index: number, count: number): string {
  return count === 1 ? "the container" : `container ${index + 1}`;
}
