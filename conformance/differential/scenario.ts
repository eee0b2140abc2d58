import type { JsonObject } from "../../lib/spec/mod.ts";
import type {
  CallOptions,
  CallRecord,
  Profile,
  Stage,
  StageSandbox,
} from "../suite/mod.ts";

/** A call of a scenario. */
export interface PlayOptions extends CallOptions {
  /** Whether nobody looks at the state if it fails: one of many that will. */
  readonly isQuiet?: boolean;
}

/** What a scenario is played with: a stage whose state is kept after each call. */
export interface Player {
  readonly stage: Stage;
  /** Makes a container, which is looked at after each call from now on. */
  addSandbox(): Promise<StageSandbox>;
  /** As {@linkcode Stage.addPrevious}. */
  addPrevious(sandbox: StageSandbox): Promise<JsonObject>;
  /** Removes a container's namespace. */
  remove(sandbox: StageSandbox): Promise<void>;
  /**
   * Calls the plugin, whatever comes of it, and keeps what it said and the state
   * that it left.
   *
   * @param label What to call it in a report: `second ADD`.
   */
  call(
    label: string,
    command: string,
    sandbox: StageSandbox | undefined,
    options?: PlayOptions,
  ): Promise<CallRecord>;
}

/** Calls that both plugins get, each on a stage of its own. */
export interface Scenario {
  /** Stable, unique, and beginning with `differential/`. */
  readonly id: string;
  /** What is done, to follow "Both do the same": `at ADD, CHECK and DEL`. */
  readonly about: string;
  /** Whether it is played for each version that both accept, not the newest. */
  readonly isPerVersion?: boolean;
  /** The versions that have what it is about; absent means all. */
  readonly versions?: readonly string[];
  /** Whether it needs to know how the plugin is used. */
  readonly needsProfile: boolean;
  /** Why it cannot be played with a profile. */
  skip?(profile: Profile): string | undefined;
  /** Makes the calls. */
  play(player: Player): Promise<void>;
}

/** What a call printed, if it is a JSON object. */
export function resultOf({ stdout }: CallRecord): JsonObject | undefined {
  try {
    return JSON.parse(stdout);
  } catch {
    return undefined;
  }
}
